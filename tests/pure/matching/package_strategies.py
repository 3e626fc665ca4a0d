"""Made-up versions of software packages that are awkward on purpose."""

from hypothesis import strategies as st

NUMBERS = st.sampled_from(["0", "1", "2", "9", "10", "11", "00", "01", "010", "007", "20231124", "9" * 30])
_PLAIN = st.lists(NUMBERS, min_size=1, max_size=4).map(".".join)


def _joined(*parts):
    return st.tuples(*parts).map("".join)


_EPOCH = st.sampled_from(["", "", "", "0:", "1:", "10:", ":"])
RPM = _joined(
    _EPOCH,
    st.one_of(_PLAIN, st.text("019aAz.+~^_-é", min_size=1, max_size=6)),
    st.sampled_from(["", "", "~rc1", "~", "^git1", "^", "a", "+b", ".", "~~"]),
    st.sampled_from(["", "", "-1", "-0", "-1.el9", "-1.el9_5", "-~1", "-", "-1.fc40", "-01"]),
)
ALPM = _joined(
    _EPOCH,
    st.one_of(_PLAIN, st.text("01a.+_", min_size=1, max_size=5)),
    st.sampled_from(["", "", "rc1", ".rc1", "a", ".a", "..1", ".1", "+2+gabc", ".r5.gabc"]),
    st.sampled_from(["", "-1", "-2", "-1.1", "-10", "-"]),
)
_SUFFIX = ["", "", "_alpha", "_alpha1", "_beta2", "_pre", "_rc1", "_rc10", "_p", "_p1", "_p01"]
APK = st.one_of(
    _joined(
        _PLAIN,
        st.sampled_from(["", "", "a", "b", "p1", "p10", "A"]),
        st.sampled_from([*_SUFFIX, "_cvs", "_svn1", "_git20240101", "_hg", "_blah", "_"]),
        st.sampled_from(_SUFFIX),
        st.sampled_from(["", "", "~abc1", "~0"]),
        st.sampled_from(["", "-r0", "-r1", "-r10", "-r", "-1", "-ruff"]),
    ),
    st.text("019ap.-_r~", min_size=1, max_size=7),
)
GENTOO = _joined(
    _PLAIN,
    st.sampled_from(["", "", "a", "b", "z"]),
    st.sampled_from(_SUFFIX),
    st.sampled_from(_SUFFIX),
    st.sampled_from(["", "-r0", "-r1", "-r10", "-r01"]),
)
MAVEN = st.one_of(
    st.lists(
        st.tuples(
            st.sampled_from([".", "-", "", "", "."]),
            st.sampled_from(
                [
                    "0",
                    "1",
                    "2",
                    "10",
                    "01",
                    "alpha",
                    "a",
                    "b",
                    "m",
                    "rc",
                    "CR",
                    "SNAPSHOT",
                    "ga",
                    "final",
                    "sp",
                    "foo",
                    "",
                ]
            ),
        ).map("".join),
        min_size=1,
        max_size=5,
    ).map(lambda parts: "1" + "".join(parts)),
    st.text("01a.-Rcx", min_size=1, max_size=7),
)
GEM = st.one_of(
    _joined(
        _PLAIN,
        st.sampled_from(["", "", ".a", ".rc1", ".pre", "-1", "-a.1", ".0.a", "b", ".A", "rc1", ".a.0.b", ".a.0.1"]),
        st.sampled_from(["", "", ".0", ".00", ".1", ".0.b", "-x86-linux", "-java"]),
    ),
    st.text("01aB.-", min_size=1, max_size=8),
)
COMPOSER = st.one_of(
    _joined(
        st.sampled_from(["", "", "v", "V"]),
        _PLAIN,
        st.sampled_from(
            [
                "",
                "-alpha",
                "a1",
                "-beta.2",
                "b3.1",
                "-RC1",
                "rc-2",
                "pl1",
                "-patch2",
                ".p3",
                "-stable",
                "-STABLE",
                "-foo",
                "#",
            ]
        ),
        st.sampled_from(["", "", "-dev", "dev", ".x-dev", ".*-dev", ".5"]),
        st.sampled_from(["", "", "+build", "@dev", " as 2.0"]),
    ),
    st.sampled_from(
        ["dev-main", "dev-feature/x", "master", "trunk", "2010-01-02", "20100102-203040", "201903.0", "1.x-dev"]
    ),
    st.text("01.-adevbrcp", min_size=1, max_size=8),
)
NUGET = _joined(
    _PLAIN,
    st.sampled_from(
        [
            "",
            "",
            "-1",
            "-alpha",
            "-ALPHA",
            "-alpha.1",
            "-alpha.10",
            "-alpha-b",
            "-0",
            "-rc.1",
            "--5",
            "--",
            "-5000000000",
        ]
    ),
    st.sampled_from(["", "", "+build", "+1.2"]),
)
PACKAGES = {
    "alpm": ALPM,
    "apk": APK,
    "composer": COMPOSER,
    "gem": GEM,
    "gentoo": GENTOO,
    "maven": MAVEN,
    "nuget": NUGET,
    "rpm": RPM,
}
