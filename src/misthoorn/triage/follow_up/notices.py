"""From what was decided on warnings to the notices that say it; nothing is written here."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from misthoorn.notification import text_versions
from misthoorn.notification.compose import Mail, compose_kind
from misthoorn.notification.compose.facts import Language
from misthoorn.notification.compose.kinds import GoodNews, Reminder, Update
from misthoorn.notification.digests.timing import How
from misthoorn.notification.facts import MessagePlan
from misthoorn.notification.notices.drafts import Names, make_names
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft
from misthoorn.notification.services import team
from misthoorn.triage.follow_up.context import Around, around
from misthoorn.triage.follow_up.decision import Verdict
from misthoorn.triage.follow_up.facts import Case
from misthoorn.triage.follow_up.recipients import Whom, got, same_again, somebody_else, whatever_became
from misthoorn.triage.follow_up.resolution import good_news, looks_of
from misthoorn.triage.follow_up.vocabulary import earlier_of, label_of
from misthoorn.triage.models import SubjectKind

type _Text = Callable[[Names], Mail]

KINDS = {"remind": "reminder", "otherwise": "reminder", "update": "update", "gone": "gone"}


@dataclass(frozen=True, slots=True)
class Told:
    """What follows on a warning: the notice to write, or why it is not written, as a word of the gates."""

    draft: NoticeDraft | None = None
    because: str = ""


class Teller:
    """Makes the notices on some warnings, with what was read around all of them."""

    def __init__(self, decided: Sequence[tuple[Case, Verdict]], *, now: datetime) -> None:
        self._now = now
        self._around = around([case for case, _ in decided], now=now)
        gone = [case for case, verdict in decided if verdict.act == "gone"]
        self._looks = looks_of(gone) if gone else None

    def tell(self, case: Case, verdict: Verdict) -> Told:
        """The notice that this verdict asks for."""
        whom = _whom(case, verdict, self._around)
        if whom.because:
            return Told(because=whom.because)
        messages = self._messages(case, verdict, whom)
        if not messages and whom.messages:
            return Told(because="unwanted")
        return Told(
            NoticeDraft(
                kind=KINDS[verdict.act],
                organisation=case.notice.organisation,
                occasion=verdict.occasion,
                subject=case.campaign.subject,
                severity=verdict.severity or case.notice.severity,
                tlp=label_of(case, verdict.findings),
                messages=messages,
                campaign=case.campaign.pk,
                about=case.notice.id,
                findings=() if verdict.act == "gone" else verdict.findings,
            )
        )

    def sample(self, case: Case, verdict: Verdict, *, language: Language) -> Mail | None:
        """The mail that this verdict would bring, in this language, with a sample number and code; None without one."""
        text_versions.refresh()
        whom = _whom(case, verdict, self._around)
        plans = Whom(tuple(replace(one, language=language) for one in whom.messages[:1]))
        drafts = self._messages(case, verdict, plans)
        return drafts[0].text(make_names(lambda below: below // 2)) if drafts else None

    def _messages(self, case: Case, verdict: Verdict, whom: Whom) -> tuple[MessageDraft, ...]:
        quiet = _quiet(verdict, self._around)
        return tuple(
            MessageDraft(
                contact=plan.contact,
                channel=plan.channel,
                address=plan.address,
                language=plan.language,
                text=text,
                not_before=plan.timing.at,
                evidence=() if verdict.act == "gone" else plan.evidence,
                tlp=plan.tlp,
            )
            for plan in whom.messages
            if plan.contact not in quiet and plan.timing.how is not How.NOT
            if (text := self._written(case, verdict, plan, whom)) is not None
        )

    def _written(self, case: Case, verdict: Verdict, plan: MessagePlan, whom: Whom) -> _Text | None:
        """How the text of a message is made; None for whom nothing is gone by deliveries that looked for it."""
        if self._looks is None or verdict.act != "gone":
            return _text(case, verdict, plan, now=self._now)
        mine = [pk for pk in verdict.findings if pk in whom.about.get(plan.contact, ())]
        return _news(case, plan, good_news(case, mine, self._looks)) if mine else None


def _whom(case: Case, verdict: Verdict, around: Around) -> Whom:
    if verdict.act == "otherwise":
        return somebody_else(case, verdict.findings, around)
    if verdict.act == "gone" or verdict.change == "withdrawn":
        return whatever_became(case, around, instead=verdict.act == "update")
    return same_again(case, verdict.findings, around)


def _quiet(verdict: Verdict, around: Around) -> Collection[int]:
    """What is not wished by a contact is not written to it; nothing keeps back what is urgent."""
    if verdict.act == "gone":
        return around.no_good_news
    return around.no_reminders if verdict.act != "update" and verdict.severity != "urgent" else ()


def _news(case: Case, plan: MessagePlan, news: GoodNews) -> _Text:
    earlier = earlier_of(case, contact=plan.contact)

    def text(names: Names) -> Mail:
        named = replace(news, language=plan.language, number=names.number, code=names.code, earlier=earlier)
        return compose_kind(replace(named, tlp=plan.tlp or news.tlp))

    return text


def _text(case: Case, verdict: Verdict, plan: MessagePlan, *, now: datetime) -> _Text:
    earlier = earlier_of(case, contact=plan.contact)
    tlp = plan.tlp or label_of(case, verdict.findings)

    def update(names: Names) -> Mail:
        assert verdict.change is not None  # noqa: S101  an update has one
        return compose_kind(
            Update(
                language=plan.language,
                number=names.number,
                code=names.code,
                team=team(),
                tlp=tlp,
                earlier=earlier,
                change=verdict.change,
                severity=verdict.severity or case.notice.severity,
                evidence=plan.evidence,
                advisory=plan.advisory,
                source=plan.source,
            )
        )

    def reminder(names: Names) -> Mail:
        return compose_kind(
            Reminder(
                language=plan.language,
                number=names.number,
                code=names.code,
                team=team(),
                tlp=tlp,
                earlier=earlier,
                evidence=plan.evidence,
                source=plan.source,
                seen_last=_seen_last(case, verdict.findings, now=now),
                advisory=plan.advisory,
                to_another=plan.contact not in {one.contact for one in got(case)},
            )
        )

    return update if verdict.change is not None else reminder


def _seen_last(case: Case, findings: Sequence[int], *, now: datetime) -> datetime:
    """Of a product nothing is seen: it is known to be there until now."""
    if case.campaign.subject_kind == SubjectKind.ADVISORY:
        return now
    return max(case.findings[pk].last_seen for pk in findings)
