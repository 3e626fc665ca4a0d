"""A CSAF provider on a server of ours, and what a fetch took from it."""

import hashlib
import io
import json
import zipfile

from pysequoia import SignatureMode, Tsk, sign

KEY = Tsk.generate("Maker <psirt@maker.example>")
OTHER = Tsk.generate("Somebody <else@example.org>")


def document(number, title="A hole"):
    return json.dumps({"document": {"title": title, "tracking": {"id": f"MAKER-{number}"}}}).encode()


class Provider:
    """A CSAF provider on a server of ours; documents come and change, and what stands beside them may be wrong."""

    def __init__(self, site, *, rolie, key=KEY):
        self.site, self.rolie, self.documents, self.key = site, rolie, {}, key
        fingerprint = key.extract_certificate().fingerprint
        self.metadata = {
            "publisher": {"name": "Maker"},
            "public_openpgp_keys": [{"fingerprint": fingerprint.upper(), "url": f"{site.url}/key.asc"}],
            "distributions": [
                {"rolie": {"feeds": [{"tlp_label": "WHITE", "url": f"{site.url}/white/feed.json"}]}}
                if rolie
                else {"directory_url": f"{site.url}/white"}
            ],
        }
        site.pages["/key.asc"] = str(key.extract_certificate()).encode()
        self.publish()

    def publish(self):
        self.site.pages["/.well-known/csaf/provider-metadata.json"] = json.dumps(self.metadata).encode()

    def add(self, number, *, at, data=None, sha=True, signed_by=KEY, listed_only=False):
        data = document(number) if data is None else data
        path = f"/white/2026/maker-{number}.json"
        self.documents[path] = at
        if not listed_only:
            self.site.pages[path] = data
        if sha:
            self.site.pages[f"{path}.sha512"] = f"{hashlib.sha512(data).hexdigest()}  maker-{number}.json\n".encode()
        if signed_by:
            self.site.pages[f"{path}.asc"] = sign(signed_by.signer(), data, mode=SignatureMode.DETACHED)
        self.list()
        return path

    def list(self):
        if self.rolie:
            entries = [self.entry(path, at) for path, at in self.documents.items()]
            self.site.pages["/white/feed.json"] = json.dumps({"feed": {"entry": entries}}).encode()
            return
        rows = [f'"{path.removeprefix("/white/")}","{at}"' for path, at in self.documents.items()]
        self.site.pages["/white/changes.csv"] = "\n".join(rows).encode()

    def entry(self, path, at):
        url = self.site.url + path
        links = [("self", url), ("hash", f"{url}.sha512"), ("signature", f"{url}.asc")]
        return {
            "id": path,
            "updated": at,
            "link": [{"rel": rel, "href": href} for rel, href in links],
            "content": {"src": url},
        }


def members(taken):
    """The documents of all deliveries, by name."""
    found = {}
    for content in taken.contents:
        found |= zipped(content)
    return found


def zipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def origins(taken):
    return [origin for _, _, origin in taken.items]
