"""How long an answered question takes, from the event to the commit, beside its bare SQL."""

from itertools import cycle, islice
from time import perf_counter

from sqlalchemy import Connection

from bot.app import App
from bot.bank.load import Bank
from bot.bank.schema import ChoiceQuestion, MultipleChoice, Numeric, Short
from bot.bench import ground
from bot.bench.databases import Server
from bot.bench.paired import Measured, Pair, measured
from bot.bench.progress import say
from bot.bench.replay import Recorder, replay
from bot.bench.sizes import Sizes
from bot.core.clock import SetClock
from bot.core.events import ActionPressed, Event, FormSubmitted
from bot.features.daily import jobs as daily
from bot.features.days import store as days
from bot.features.days.store import Day
from bot.features.members import store as members


async def answer_vs_bare_sql(server: Server, sizes: Sizes, repetitions: int) -> Measured:
    """Every repetition is one question, which as many members answer as there are answers in it."""
    bank = ground.wide_bank(sizes.questions)
    full = await server.empty()
    opened = await full.write(_open_days, bank, repetitions, sizes.answers)
    await full.close()
    ours, bare = await server.twin(full), await server.twin(full)
    app = App(database=ours, bank=bank, platforms={}, clock=SetClock(ground.NOW))
    pairs: list[Pair] = []
    with Recorder(ours) as recorder:
        for number, day in enumerate(opened, 1):
            say(f"answers on {server.name}: {number} of {repetitions}")
            for member in range(sizes.answers):
                took = await _handle(app, _answer(day, member))
                pairs.append(Pair(took, await replay(bare, recorder.take())))
    await ours.close()
    await bare.close()
    return measured(pairs, repetitions)


async def _handle(app: App, event: Event) -> float:
    began = perf_counter()
    await app.dispatcher.handle(event)
    took = perf_counter() - began
    if app.errors:
        raise RuntimeError(f"the answer {event.id} met a bug; the log says which")
    return took


def _open_days(tx: Connection, bank: Bank, count: int, answering: int) -> list[Day]:
    """Found a group with members and open as many days, each with a question that has a key."""
    group, track = ground.found_group(tx)
    for number in range(answering):
        members.add(tx, group.id, ground.person(number), f"person {number}", now=ground.NOW)
    keys = [key for key, item in bank.questions.items() if isinstance(item, MultipleChoice | Numeric | Short)]
    coming = ground.plan(tx, group, track, list(islice(cycle(keys), count)))
    planned = [days.day_on(tx, track.id, on) for on in coming]
    opened = [daily.open_question(tx, group, track, day, bank, now=ground.NOW, late=False) for day in planned if day]
    return [day for day in opened if day]


def _answer(day: Day, member: int) -> Event:
    """What a platform hands over when a member presses an option, or sends the form."""
    asked, id = day.asked, str(day.id)
    who = ground.person(member)
    if isinstance(asked, ChoiceQuestion):
        option = day.option_order[member % len(day.option_order)]
        return ActionPressed(
            id=f"press-{id}-{member}",
            who=who,
            name=f"person {member}",
            place=ground.HOME,
            at=ground.NOW,
            action="pick",
            args=(id, option),
        )
    return FormSubmitted(
        id=f"form-{id}-{member}",
        who=who,
        name=f"person {member}",
        place=ground.HOME,
        at=ground.NOW,
        action="give",
        args=(id,),
        values={"given": str(member)},
    )
