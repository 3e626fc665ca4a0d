"""Made-up versions that are awkward on purpose."""

from hypothesis import strategies as st
from package_strategies import PACKAGES

NUMBERS = st.sampled_from(["0", "1", "2", "9", "10", "11", "00", "01", "007", "100", "20231124", "9" * 30])
_PLAIN = st.lists(NUMBERS, min_size=1, max_size=4).map(".".join)


def _joined(*parts):
    return st.tuples(*parts).map("".join)


SEMVER = _joined(
    st.sampled_from(["", "", "v", "="]),
    _PLAIN,
    st.sampled_from(
        ["", "", "-1", "-alpha", "-alpha.1", "-alpha.10", "-alpha-b", "-0", "-rc.1", "rc1", "-A", ".beta", "--", "-01"]
    ),
    st.sampled_from(["", "", "+build", "+1.2"]),
)
PYPI = _joined(
    st.sampled_from(["", "", "v", "1!", "0!", "10!"]),
    _PLAIN,
    st.sampled_from(["", "", "a1", "-alpha.2", "b", "rc1", "c2", ".pre3", "_preview-10"]),
    st.sampled_from(["", "", ".post1", "-2", "rev", ".r10"]),
    st.sampled_from(["", "", ".dev0", ".dev10", "dev"]),
    st.sampled_from(["", "", "+local", "+1", "+1.a", "+a.1", "+ubuntu-10"]),
)
DEB = _joined(
    st.sampled_from(["", "", "1:", "0:", "10:"]),
    st.text("0123456789aAzZ.+~:-", min_size=1, max_size=6).map(lambda text: f"1{text}1"),
    st.sampled_from(["", "", "-1", "-0", "-0ubuntu1", "-1~bpo1", "-1+deb11u1", "-~"]),
)
GENERIC = st.one_of(
    _joined(
        st.sampled_from(["", "", "v", "release-", "Version "]),
        _PLAIN,
        st.sampled_from(
            ["", "", "-beta", "b1", "a", "-a", "k", "p9", " SP1", "~deb9", ".M4", "-rc2", ".Final", "-r0", "é1", "(7)E"]
        ),
        st.sampled_from(["", "", ".0", "-1", "_u3", "+git.abc"]),
    ),
    st.text("0a1bm.-~_ rcdev", min_size=1, max_size=8),
)
PUB = _joined(
    SEMVER.map(lambda text: text.partition("+")[0]),
    st.sampled_from(["", "", "-", ".-5", "-0x1f", "-a.-5", "-a.0xFF", f"-a.{9**20}", "-a.9999999999999999999"]),
    st.sampled_from(["", "", "+1", "+a", "+01", "+a.1", "+a.-1", "+-2", "+10", "+0x10", "+a-b", f"+{2**63}"]),
)
NUMBERS_ONLY = st.lists(NUMBERS, min_size=1, max_size=5).flatmap(
    lambda numbers: st.sampled_from([".", ".", "-"]).map(lambda separator: separator.join(numbers))
)
INTDOT = _joined(_PLAIN, st.sampled_from(["", "", ".", "-rc1", "~1", " 2", "a.b"]))
GOLANG = _joined(st.sampled_from(["", "", "go"]), SEMVER)
JVM = st.one_of(
    _joined(
        st.sampled_from(["1.8.0", "1.8", "1.7.0", "8.0", "11.0.4", "17", "21.0.1", "1", "1.8.0.1"]),
        st.sampled_from(["", "_131", "_0", "-update131", "_u7", "-2", "_131-8u131"]),
        st.sampled_from(["", "", "-ea", "-internal", "-EA", "-b11", "-ea-b2", "+9", "-ea+35-LTS", "-2", "-0", "+"]),
    ),
    st.sampled_from(["8u131", "8u131-b11", "8u", "7u80", "8u131-ea", "8.0.131", "8", "9", "010"]),
)
OPENSSL = _joined(
    st.sampled_from(["", "", "OpenSSL ", "openssl-", "v"]),
    st.sampled_from(["0.9.6", "0.9.8", "1.0.2", "1.0", "1.1.1", "3.0.0", "3.0", "3.0.10", "3.10.0"]),
    st.sampled_from(["", "", "a", "b", "z", "za", "zb", "ztl", "B"]),
    st.sampled_from(["", "", "-dev", "-cvs", "-fips", "-alpha2", "-alpha10", "-beta1", "-pre3", "-fips-dev", "-beta"]),
)
CONAN = st.one_of(
    _joined(
        _PLAIN,
        st.sampled_from(["", "", "a", "b10", ".*", "*", ".cci", "_1", ".1_0", ".", ".0"]),
        st.sampled_from(["", "", "-", "-0", "-pre1", "-alpha.22", "-alpha.3", "-pre1.0", "--5"]),
        st.sampled_from(["", "", "+", "+b1", "+b1.0", "+b.22", "+b+1"]),
    ),
    st.text("019a.-+_*", min_size=1, max_size=7),
)
DATETIME = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        [
            "2024-01-01T00:00:00",
            "2023-12-31t23:59:60",
            "2023-12-31 23:59:59",
            "0001-01-01T00:00:00",
            "9999-12-31T23:59:60",
        ]
    ),
    st.sampled_from(["", "", ".0", ".090", ".09", ".1", ".123456789012", ".9"]),
    st.sampled_from(["Z", "z", "+00:00", "-00:00", "+01:00", "-05:00", "+23:59", "-23:59", "", "+24:00"]),
)
VERSIONS = {
    "semver": SEMVER,
    "pypi": PYPI,
    "deb": DEB,
    "generic": GENERIC,
    "bitnami": _joined(SEMVER, st.sampled_from(["", "-0", "-12"])),
    "conan": CONAN,
    "cran": NUMBERS_ONLY,
    "datetime": DATETIME,
    "golang": GOLANG,
    "hackage": _PLAIN,
    "intdot": INTDOT,
    "jvm": JVM,
    "lexicographic": st.text(min_size=1, max_size=4),
    "openssl": OPENSSL,
    "pub": PUB,
    **PACKAGES,
}
