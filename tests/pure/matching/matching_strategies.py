"""Made-up versions that are awkward on purpose."""

from hypothesis import strategies as st

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
VERSIONS = {"semver": SEMVER, "pypi": PYPI, "deb": DEB, "generic": GENERIC}
