"""Over the real files that lie outside the project: everything is accepted, or refused for a reason that is known."""

import gzip

# In these samples addresses were made anonymous as private ones, and some rows were cut short.
KNOWN = {"address-private", "address-link-local", "address-invalid", "address-missing", "fields"}


def test_the_shadowserver_samples_are_read_in_full(read, test_data):
    accepted = refused = 0
    for path in sorted(test_data("feeds", "certtools-intelmq", "shadowserver").glob("*.csv")):
        if path.name == "VERSIONS.csv":
            continue
        data = path.read_bytes()
        found = read("shadowserver", data, name=path.name, fold=False)
        assert set(found.codes) <= KNOWN, path.name
        assert found.rows >= 1, path.name
        accepted, refused = accepted + len(found.accepted), refused + len(found.refused)
    assert accepted > 800
    assert refused < 200


def test_real_cve_records_are_all_accepted(read, test_data):
    with gzip.open(test_data("cve", "2021.jsonl.gz")) as stream:
        data = b"".join(line for number, line in enumerate(stream) if number % 3 == 0)
    found = read("cve5", data)
    assert found.refused == []
    assert len(found.accepted) == data.count(b"\n")
    assert sum(bool(affected.statements) for advisory in found.accepted for affected in advisory.affected) > 500
