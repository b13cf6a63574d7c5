"""What Redis or Valkey does in one step for workers: scripts, each with the keys of `keys` and arguments of its own."""

from typing import Final

from mock_server.state.ledger import Table

LOOKS_BACK: Final = 100
"""The newest turns among which a turn is looked for that may be written already: it is asked again at once."""
TABLES: Final = [table.value for table in Table]
SINGLE: Final = ("number", "turns", "turn", "tokens", "workers", "places", "about")
"""Keys beside those of tables: the number of the newest turn; the newest turns; the token of who has the turn, and his
wish for it; the last token; until when each worker counts as alive, in milliseconds; the last place in a table; what it
was made with."""


def keys(prefix: str) -> list[str]:
    """All keys of one mock, which are in one slot of a cluster."""
    return [f"{{{prefix}}}:{name}" for name in (*SINGLE, *TABLES)]


_BEGIN: Final = """
local number, turns, turn, tokens, workers, places = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function holder()
  return string.match(redis.call('GET', turn) or '', '^(%d+) (.*)$')
end
local function missed(seen, mark)
  local newest = tonumber(redis.call('GET', number) or 0)
  local behind = newest - seen
  if seen < 0 or behind < 0 or behind > redis.call('LLEN', turns) then return {newest, 0, {}} end
  if seen > 0 then
    local last = redis.call('LINDEX', turns, -behind - 1)
    if not last or string.sub(last, 1, 16) ~= mark then return {newest, 0, {}} end
  end
  if behind == 0 then return {newest, 1, {}} end
  return {newest, 1, redis.call('LRANGE', turns, -behind, -1)}
end
local function keep(lasts)
  local until_now = redis.call('PEXPIRETIME', KEYS[7])
  local left = until_now - now()
  if lasts == 0 then until_now = -1
  elseif until_now < 0 or left > lasts or left < lasts * 0.99 then until_now = now() + lasts end
  for i = 1, #KEYS do
    local ends = KEYS[i] ~= turn and redis.call('PEXPIRETIME', KEYS[i])
    if ends and ends ~= -2 and ends ~= until_now then
      if lasts == 0 then redis.call('PERSIST', KEYS[i])
      else redis.call('PEXPIREAT', KEYS[i], string.format('%.0f', until_now)) end
    end
  end
end
"""
"""`keep` has all keys last to one moment, so that none is there without the others; it is moved on seldom, for an
engine writes down what it does."""

TAKE: Final = f"""{_BEGIN}
local worker, seen, mark, lasts, asked = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local token, holds = holder()
if token and holds ~= asked then return {{0}} end
token = tonumber(token) or redis.call('INCR', tokens)
redis.call('SET', turn, string.format('%.0f', token) .. ' ' .. asked, 'PX', lasts)
local at, dead = now(), {{}}
local alive = redis.call('HGETALL', workers)
for i = 1, #alive, 2 do
  if alive[i] ~= worker and tonumber(alive[i + 1]) < at then dead[#dead + 1] = alive[i] end
end
return {{token, string.format('%.0f', at), dead, missed(seen, mark)}}
"""
"""Worker, number and mark of the turn seen last, milliseconds that a turn lasts, what tells this wish for a turn from
others: one whose answer was lost is asked again, and has its turn. The token, 0 where somebody else has the turn;
milliseconds since the epoch; the dead workers; what `missed` has."""

WRITE: Final = f"""{_BEGIN}
local token, worker, lease, kept, text = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local lasts, gone = tonumber(ARGV[6]), tonumber(ARGV[7])
if holder() ~= token then
  local newest = tonumber(redis.call('GET', number) or 0)
  for back = 1, {LOOKS_BACK} do
    local there = redis.call('LINDEX', turns, -back)
    if not there then return 0 end
    if string.sub(there, 1, 16) == string.sub(text, 1, 16) then return newest - back + 1 end
  end
  return 0
end
local written = redis.call('INCR', number)
redis.call('RPUSH', turns, text)
redis.call('LTRIM', turns, -kept, -1)
for i = 8, 7 + gone do redis.call('HDEL', workers, ARGV[i]) end
local i = 8 + gone
while ARGV[i] do
  local what, records, id = ARGV[i], KEYS[tonumber(ARGV[i + 1])], ARGV[i + 2]
  if what == 'emptied' then redis.call('DEL', records)
  elseif what == 'gone' then redis.call('HDEL', records, id)
  else
    local before = what == 'changed' and redis.call('HGET', records, id)
    local place = before and string.match(before, '^%d+') or redis.call('INCR', places)
    redis.call('HSET', records, id, place .. ' ' .. ARGV[i + 3])
  end
  i = i + 4
end
redis.call('HSET', workers, worker, now() + lease)
redis.call('DEL', turn)
keep(lasts)
return written
"""
"""Token, worker, its lease in milliseconds, turns that are kept, the turn as it is kept, milliseconds that all is kept
from now on, how many workers are gone, and who; then four for each change: what became of a record, the number of its
table's key, its id, its value. The number of the turn, also of one that is written already, whose answer was lost; 0
where the turn was over. The first thing that is written needs memory, so that all is or nothing."""

GIVE_UP: Final = f"""{_BEGIN}
if holder() == ARGV[1] then redis.call('DEL', turn) end
return 1
"""

KEEP: Final = f"""{_BEGIN}
keep(tonumber(ARGV[1]))
return 1
"""
"""Milliseconds that all is kept from now on, 0 for ever."""

MISSED: Final = f"""{_BEGIN}
return missed(tonumber(ARGV[1]), ARGV[2])
"""
"""Number and mark of the turn seen last. The newest number, whether all after that are kept, and they."""
