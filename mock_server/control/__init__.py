"""Operations on a running mock, and their routes under `/__admin`."""
