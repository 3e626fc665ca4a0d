"""Writing down what was decided: one notice with its messages, the same never twice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from misthoorn.common.tlp import Tlp, parse_tlp, strictest
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.wishes import unwanted
from misthoorn.intake import queries as intake
from misthoorn.notification import editions, following
from misthoorn.notification.compose import Mail, compose_kind
from misthoorn.notification.compose.facts import Language
from misthoorn.notification.compose.kinds import Earlier, GoodNews, Reminder, Update
from misthoorn.notification.drafts import Names, make_names
from misthoorn.notification.facts import MessagePlan
from misthoorn.notification.services import team
from misthoorn.notification.timing import How
from misthoorn.notification.writing import MessageDraft, NoticeDraft, write_notice
from misthoorn.triage.following_up.decide import Verdict
from misthoorn.triage.following_up.facts import Case
from misthoorn.triage.following_up.whom import Whom, got, same_again, somebody_else, whatever_became
from misthoorn.triage.lifecycle import REOPEN_WITHIN
from misthoorn.triage.models import Finding, SubjectKind

KINDS = {"remind": "reminder", "otherwise": "reminder", "update": "update", "gone": "gone"}


def tell(case: Case, verdict: Verdict, *, now: datetime) -> str:
    """Write the notice that this verdict asks for. Why it was not written, as a word; "" when it was, now or before."""
    whom = _whom(case, verdict, now=now)
    if whom.because:
        return whom.because
    messages = _messages(case, verdict, whom, now=now)
    if not messages and whom.messages:
        return "unwanted"
    draft = NoticeDraft(
        kind=KINDS[verdict.act],
        organisation=case.notice.organisation,
        occasion=verdict.occasion,
        subject=case.campaign.subject,
        severity=verdict.severity or case.notice.severity,
        tlp=_label(case, verdict.findings),
        messages=messages,
        campaign=case.campaign.pk,
        about=case.notice.id,
        findings=() if verdict.act == "gone" else verdict.findings,
    )
    write_notice(draft, sender=team().mail, now=now)
    return ""


def sample(case: Case, verdict: Verdict, *, language: Language, now: datetime) -> Mail | None:
    """The mail that this verdict would bring, in this language, with a sample number and code; None without one."""
    editions.refresh()
    whom = _whom(case, verdict, now=now)
    plans = Whom(tuple(replace(one, language=language) for one in whom.messages[:1]))
    drafts = _messages(case, verdict, plans, now=now)
    return drafts[0].text(make_names(lambda below: below // 2)) if drafts else None


def _whom(case: Case, verdict: Verdict, *, now: datetime) -> Whom:
    if verdict.act == "otherwise":
        return somebody_else(case, verdict.findings, now=now)
    if verdict.act == "gone" or verdict.change == "withdrawn":
        return whatever_became(case, instead=verdict.act == "update", now=now)
    return same_again(case, verdict.findings, now=now)


def _messages(case: Case, verdict: Verdict, whom: Whom, *, now: datetime) -> tuple[MessageDraft, ...]:
    """What is not wished by a contact is not written to it; nothing keeps back what is urgent."""
    contacts = {one.contact for one in whom.messages}
    quiet: set[int] = set()
    if verdict.act == "gone":
        quiet = unwanted("good_news", contacts=contacts)
    elif verdict.act != "update" and verdict.severity != "urgent":
        quiet = unwanted("reminders", contacts=contacts)
    news = _good_news(case, verdict) if verdict.act == "gone" else None
    drafts = []
    for plan in whom.messages:
        if plan.contact in quiet or plan.timing.how is How.NOT:
            continue
        text = partial(_text, case=case, verdict=verdict, plan=plan, news=news, now=now)
        drafts.append(
            MessageDraft(
                contact=plan.contact,
                channel=plan.channel,
                address=plan.address,
                language=plan.language,
                text=text,
                not_before=plan.timing.at,
                evidence=() if verdict.act == "gone" else plan.evidence,
            )
        )
    return tuple(drafts)


def _text(
    names: Names, *, case: Case, verdict: Verdict, plan: MessagePlan, news: GoodNews | None, now: datetime
) -> Mail:
    earlier, tlp = earlier_of(case, contact=plan.contact), _label(case, verdict.findings)
    if news is not None:
        text = replace(news, language=plan.language, number=names.number, code=names.code, earlier=earlier, tlp=tlp)
        return compose_kind(text)
    if verdict.change is not None:
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


def earlier_of(case: Case, *, contact: int) -> Earlier:
    """The warning as this contact got it, or as others did."""
    every = [one for one in case.notice.sent if one.got_at or one.doubtful]
    first = next((one for one in every if one.contact == contact), None) or every[0]
    return Earlier(
        number=case.notice.number,
        sent_on=first.got_at or case.notice.created_at,
        subject=case.notice.subject,
        template=first.template,
        severity=case.told.severity,
    )


def _seen_last(case: Case, findings: Sequence[int], *, now: datetime) -> datetime:
    """Of a product nothing is seen: it is known to be there until now."""
    if case.campaign.subject_kind == SubjectKind.ADVISORY:
        return now
    return max(case.findings[pk].last_seen for pk in findings)


def _label(case: Case, findings: Sequence[int]) -> Tlp:
    labels = (parse_tlp(case.findings[pk].tlp) for pk in findings)
    return strictest([case.notice.tlp, *labels])


def _good_news(case: Case, verdict: Verdict) -> GoodNews:
    """The numbers are those of the finding that was looked at least; all of them are gone by as many looks or more."""
    rows = [case.findings[pk] for pk in verdict.findings]
    looks = min(row.absences for row in rows)
    begin, end = min(row.first_seen for row in rows), max(row.last_seen for row in rows)
    sources = {source.id: source.name for source in intake.sources()}
    others = following.also_open(case.notice.organisation, without=case.findings.keys())
    return GoodNews(
        language="nl",
        number="",
        code="",
        team=team(),
        tlp=case.notice.tlp,
        earlier=earlier_of(case, contact=0),
        where=places(rows),
        unseen=looks,
        looks=looks,
        last_look=max(_looked_at(row) for row in rows),
        days_open=(end - begin).days,
        still_open=Finding.objects.filter(pk__in=others, state=Finding.State.OPEN).count(),
        source=", ".join(sorted({sources[row.source_id] for row in rows})),
        reopens_within_days=REOPEN_WITHIN.days,
    )


def _looked_at(row: Finding) -> datetime:
    """When the delivery came that did not show it any more."""
    delivery = intake.batch(row.last_absent_batch) if row.last_absent_batch else None
    return delivery.received_at if delivery else row.closed_at or row.last_seen


def places(rows: Sequence[Finding]) -> tuple[str, ...]:
    """What findings are about, as people know it, in order."""
    assets = constituency.assets({row.asset_id for row in rows if row.subject_kind == SubjectKind.ADVISORY})
    return tuple(dict.fromkeys(_places(rows, {pk: f"{one.value} {one.version}" for pk, one in assets.items()})))


def _places(rows: Sequence[Finding], products: dict[int, str]) -> Iterator[str]:
    for row in sorted(rows, key=lambda one: (one.observed, one.port, one.pk)):
        if row.asset_id in products:
            yield products[row.asset_id].strip()
        elif row.observed or row.hostname:
            port = f", {row.port}/{row.protocol}".rstrip("/") if row.port else ""
            yield f"{row.observed or row.hostname}{port}"
