"""`pytest contract_tests --target URL …`: the target, started or reached once, and what every suite shares."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings

from contract_tests import options as plugin
from contract_tests.run.session import session
from contract_tests.suites.world import SEARCH, Decorator, Options, World, able_to_run, claim, plan_of
from contract_tests.target.credits import Credits


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if not pluginmanager.has_plugin(plugin.__name__):
        plugin.pytest_addoption(parser)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The probes come first: they tell most for a budget."""
    items.sort(key=lambda item: item.path.name != "test_probes.py")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Ends before anything is collected where the options allow no run."""
    claim(session.config)
    plan_of(session.config)


@pytest.fixture(scope="session")
def suno_options(pytestconfig: pytest.Config) -> Options:
    return plugin.given(pytestconfig)


@pytest.fixture(scope="session")
def world(pytestconfig: pytest.Config, suno_options: Options, request: pytest.FixtureRequest) -> Iterator[World]:
    """The target, for as long as the session lasts."""
    claim(pytestconfig)
    published = plan_of(pytestconfig).published
    with able_to_run(), session(published, suno_options) as begun:
        made = World(
            plan=begun.plan,
            target=begun.target,
            receiver=begun.receiver,
            folder=begun.folder,
            strict=begun.strict,
            credits=Credits(begun.target, published),
        )
        yield made
        made.report_again(whole=request.session.exitstatus != pytest.ExitCode.INTERRUPTED)


@pytest.fixture(scope="session")
def paying(world: World) -> None:
    """Skips where no task may be started: an accepted request costs."""
    if world.target.budget.tasks == 0:
        pytest.skip("no --budget: accepted requests cost")


@pytest.fixture(autouse=True)
def _no_failure_yet(world: World) -> None:
    world.failures.clear()


@pytest.fixture(scope="session")
def bounds(world: World, suno_options: Options) -> settings:
    """The settings of Hypothesis: --examples, and nothing remembered. Under a budget failures are not made smaller."""
    return settings(
        max_examples=suno_options["examples"],
        database=None,
        deadline=None,
        phases=SEARCH if world.target.budget.tasks is not None else (*SEARCH, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="session")
def bounded(world: World, bounds: settings) -> Decorator:
    """Makes a property of a test, within the bounds and with the seed of the session."""

    def bound(test: Callable[..., None]) -> Callable[..., None]:
        made: Callable[..., None] = bounds(seed(world.plan.seed)(test))
        return made

    return bound
