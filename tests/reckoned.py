"""The figures of the effect by plain reckoning from the ledger as a file. Nothing of the service is used here.

Slow and simple on purpose: every figure is asked of all entries again, as its definition says it.
"""

import csv
import io
import math
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Z = 1.959963984540054
WARNED = {"", "gathered"}
NUMBERS = ("id", "organisation", "finding", "notice", "campaign", "source", "batch")


class Reckoned:
    """What a ledger says by `now`, of the part that is asked for.

    `findings`: kind, when it was last seen and in which delivery, by number; `owners`: sector and size of each.
    """

    def __init__(self, ledger, *, findings, owners, now, **only):
        self.entries = [read_entry(row) for row in csv.DictReader(io.StringIO(ledger))]
        self.findings, self.owners, self.now, self.only = findings, owners, now, only
        self.told = self.first_told()
        self.spans = {finding: self.span(finding) for finding in self.told}

    def rows(self, kind, *, part=False):
        return [one for one in self.entries if one["kind"] == kind and (not part or self.is_asked(one))]

    def is_asked(self, one):
        owner = self.owners.get(one["organisation"], {})
        return all(str(owner.get(name, one.get(name))) == str(value) for name, value in self.only.items())

    def first_told(self):
        found = {}
        for one in sorted(self.rows("told", part=True), key=lambda one: one["at"]):
            found.setdefault(one["finding"], one)
        return found

    def span(self, finding):
        """Days from the first warning on, and how that ended: fixed, gone, or nothing by the last look."""
        told = self.told[finding]["at"]
        ends = [one for one in (*self.rows("fixed"), *self.rows("gone")) if one["finding"] == finding]
        ends = [one for one in ends if one["at"] >= told]
        if ends:
            first = min(ends, key=lambda one: (one["at"], one["id"]))
            return (max(self.read_at(first["batch"]) or first["at"], told) - told) / DAY, first["kind"]
        kind, seen, batch = self.findings.get(finding, ("event", told, None))
        seen = self.now if kind == "advisory" else max(seen, self.read_at(batch) or seen)
        return (max(seen, told) - told) / DAY, ""

    def read_at(self, batch):
        """When a delivery was read, where that is known."""
        return next((one["at"] for one in self.rows("accepted") if batch and one["batch"] == batch), None)

    def handed(self):
        return [one for one in self.rows("handed_over", part=True) if one["detail"] in WARNED]

    def last_answers(self):
        """The latest answer to each warning that was handed over."""
        notices = {one["notice"] for one in self.handed()}
        answers = sorted(self.rows("answered"), key=lambda one: (one["at"], one["id"]))
        return {one["notice"]: one["detail"] for one in answers if one["notice"] in notices}

    def funnel(self):
        handed, answers = self.handed(), self.last_answers()
        notices, back = {one["notice"] for one in handed}, {one["key"] for one in self.rows("bounced")}
        kinds = Counter(how for _, how in self.spans.values())
        again = [one for one in self.rows("reopened") if one["finding"] in self.told]
        harm = [one for one in self.rows("harm") if one["notice"] in notices and one["detail"] == "correction"]
        sent = [one for one in self.rows("sent", part=True) if not one["detail"].startswith("other/")]
        return {
            "made": len({one["notice"] for one in sent}),
            "handed_over": len(notices),
            "arrived": len({one["notice"] for one in handed if one["key"] not in back}),
            "reached": len({one["notice"] for one in self.rows("reached")} & notices | answers.keys()),
            "answered": len(answers),
            "told": len(self.told),
            "fixed": kinds["fixed"],
            "other": kinds["gone"],
            "reopened": len({one["finding"] for one in again if one["at"] >= self.told[one["finding"]]["at"]}),
            "said_fixed": sum(how == "fixed" for how in answers.values()),
            "harm": sum(how in {"wrong", "not_ours"} for how in answers.values()),
            "corrected": len({one["notice"] for one in harm}),
        }

    def beside(self):
        kinds = Counter(one["detail"] for one in self.rows("handed_over", part=True))
        return {kind: number for kind, number in kinds.items() if kind not in WARNED}

    def groups(self, by):
        found = defaultdict(list)
        for finding, told in self.told.items():
            name = self.owners.get(told["organisation"], {}).get(by, "") if by in {"sector", "size"} else told[by]
            found[str(name or "")].append(self.spans[finding])
        return found

    def exposure(self):
        found = []
        for campaign, spans in self.groups("campaign").items():
            upto = min(30.0, max(days for days, _ in spans))
            mean = area(spans, upto)
            sums = (len(spans) * mean, len(spans) * (upto - mean))
            found.append((int(campaign), len(spans), upto, mean, *sums))
        return sorted(found, reverse=True)

    def ended(self):
        found = []
        for day in (7, 30, 90):
            if self.spans and day <= max(days for days, _ in self.spans.values()):
                fixed, other = incidence([*self.spans.values()], day)
                found.append((day, fixed, other, 1 - fixed - other))
        return found

    def statements(self):
        last = self.last_answers()
        counts = Counter(
            (last.get(told["notice"]) == "fixed", self.spans[finding][1] == "fixed")
            for finding, told in self.told.items()
        )
        return [counts[said, gone] for said in (True, False) for gone in (True, False)]

    def precision(self):
        """By source and rule: told, judged, and of these wrong in two ways; of all there is, whatever was asked."""
        told, last = defaultdict(set), {}
        for one in self.rows("told"):
            told[one["source"], one["detail"]].add(one["finding"])
        for one in sorted(self.rows("judged"), key=lambda one: (one["at"], one["id"])):
            last[one["finding"]] = one
        found = {place: [len(some), 0, 0, 0] for place, some in told.items()}
        for one in last.values():
            judgement, rule = one["detail"].split()
            line = found.setdefault((one["source"], rule), [0, 0, 0, 0])
            line[1] += 1
            line[2] += judgement == "false_positive"
            line[3] += judgement == "not_theirs"
        lines = [(*place, max(line[:2]), *line[1:]) for place, line in found.items()]
        return [(*line, sum(line[4:]) / line[2], *wilson(sum(line[4:]), line[2])) for line in lines]

    def hours(self):
        seen = {one["finding"]: one["at"] for one in self.rows("matched")}
        found = defaultdict(list)
        for finding, told in self.told.items():
            if finding in seen:
                for name in ("", told["severity"]):
                    found[name].append((told["at"] - seen[finding]) / HOUR)
        return [(name, len(some), *(cut(some, share) for share in (0.5, 0.9, 0.99))) for name, some in found.items()]

    def delivery(self):
        batches = {one["finding"]: one["batch"] for one in self.rows("matched")}
        read = {one["batch"]: one["at"] for one in self.rows("accepted")}
        found = defaultdict(list)
        for finding, told in self.told.items():
            if batches.get(finding) in read:
                found[told["campaign"]].append((read[batches[finding]], told["at"]))
        lines = []
        for campaign, some in sorted(found.items(), reverse=True):
            begun, times = min(at for at, _ in some), [at for _, at in some]
            lines.append((campaign, str(begun), (min(times) - begun) / HOUR, (max(times) - begun) / HOUR))
        return lines

    def contacts(self):
        looked = {one["notice"] for one in self.rows("reached")} | {one["notice"] for one in self.rows("answered")}
        answered = {one["notice"] for one in self.rows("answered")}
        sent = self.rows("sent", part=True)
        warnings = {one["key"] for one in sent if not one["detail"].startswith("other/")}
        found = []
        for place in {one["provenance"] for one in (*self.handed(), *self.rows("bounced", part=True))}:
            handed = [one for one in self.handed() if one["provenance"] == place]
            back = {one["key"] for one in self.rows("bounced", part=True) if one["provenance"] == place} & warnings
            notices = {one["notice"] for one in handed}
            if messages := {one["key"] for one in handed} | back:
                counts = (len(messages), len(back), len(notices))
                found.append((place, *counts, len(notices & looked), len(notices & answered)))
        return found

    def messages(self, since):
        kinds = {"gathered", "hand_over"}
        rows = [one for one in self.rows("handed_over") if one["detail"] not in kinds]
        return [one for one in rows if since < one["at"] <= self.now]

    def burden(self):
        counts = Counter(one["organisation"] for one in self.messages(self.now - 30 * DAY) if one["organisation"])
        numbers = [*counts.values()]
        whole = (len(numbers), cut(numbers, 0.5), cut(numbers, 0.9), max(numbers)) if numbers else None
        return whole, sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:20]

    def months(self):
        counts = defaultdict(Counter)
        for one in self.messages(datetime.min.replace(tzinfo=self.now.tzinfo)):
            back = (self.now.year - one["at"].year) * 12 + self.now.month - one["at"].month
            if back < 12:
                counts[f"{one['at']:%Y-%m}"][one["organisation"]] += 1
        return [(name, some.total(), len(some), max(some.values())) for name, some in sorted(counts.items())[::-1]]


def read_entry(row):
    numbers = {name: int(row[name]) if row[name] else None for name in NUMBERS}
    return row | numbers | {"at": datetime.fromisoformat(row["at"])}


def cut(numbers, share):
    """The number below which this share lies, between two of them in proportion."""
    ordered = sorted(numbers)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def at_risk(spans, day):
    return sum(days >= day for days, _ in spans)


def ends_at(spans, day, *kinds):
    return sum(days == day and how in kinds for days, how in spans)


def share_open(spans, day):
    """The product-limit estimate, in which only being fixed is an end."""
    share = 1.0
    for at in sorted({days for days, how in spans if how == "fixed" and days <= day}):
        share *= 1 - ends_at(spans, at, "fixed") / at_risk(spans, at)
    return share


def band(spans, day):
    """Greenwood's variance, on the log(-log) scale, as lifelines has it; the estimate itself where nothing varies."""
    share, variance = share_open(spans, day), 0.0
    if share in {0.0, 1.0}:
        return share, share
    for at in {days for days, how in spans if how == "fixed" and days <= day}:
        n, d = at_risk(spans, at), ends_at(spans, at, "fixed")
        variance += d / (n * (n - d))
    middle = math.log(-math.log(share))
    reach = Z * math.sqrt(variance) / abs(math.log(share))
    return math.exp(-math.exp(middle + reach)), math.exp(-math.exp(middle - reach))


def incidence(spans, day):
    """The shares that were fixed, and that ended otherwise, where each hinders the other (Aalen and Johansen)."""
    free, fixed, other = 1.0, 0.0, 0.0
    for at in sorted({days for days, how in spans if how and days <= day}):
        n = at_risk(spans, at)
        fixed += free * ends_at(spans, at, "fixed") / n
        other += free * ends_at(spans, at, "gone") / n
        free *= 1 - ends_at(spans, at, "fixed", "gone") / n
    return fixed, other


def points(spans):
    """All points of a curve: day, share open, its band, how many are watched, and the two shares that ended."""
    found = [(0.0, 1.0, 1.0, 1.0, len(spans), 0.0, 0.0)]
    found += [
        (day, share_open(spans, day), *band(spans, day), at_risk(spans, day), *incidence(spans, day))
        for day in sorted({days for days, how in spans if how})
    ]
    last = max(days for days, _ in spans)
    if last > found[-1][0]:
        found.append((last, *found[-1][1:4], 0, *found[-1][5:]))
    return found


def area(spans, upto):
    days = sorted({0.0, upto, *(days for days, how in spans if how == "fixed" and days < upto)})
    return sum(share_open(spans, day) * (then - day) for day, then in pairwise(days))


def wilson(part, whole):
    """Where the share lies 1.96 standard errors away: the two roots of a quadratic equation."""
    share, square = part / whole, Z * Z
    a, b, c = 1 + square / whole, -(2 * share + square / whole), share * share
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def newcombe(one, other):
    """How much larger the first share is, with its interval (Newcombe 1998, method 10)."""
    p, q = one[0] / one[1], other[0] / other[1]
    (l1, u1), (l2, u2) = wilson(*one), wilson(*other)
    low = p - q - math.sqrt((p - l1) ** 2 + (u2 - q) ** 2)
    return p - q, low, p - q + math.sqrt((u1 - p) ** 2 + (q - l2) ** 2)
