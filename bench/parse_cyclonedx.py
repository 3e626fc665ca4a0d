"""How long a list of software of 1,000 components takes: one process, its own CPU time. Made lists, JSON and XML."""

import json
import time
from datetime import UTC, datetime
from io import BytesIO

from misthoorn.formats.software import cyclonedx

COMPONENTS, RUNS = 1_000, 5


def _component(number: int) -> dict[str, object]:
    name = f"widget-{number}"
    return {
        "type": "library",
        "bom-ref": f"pkg:npm/{name}@1.{number}.0",
        "group": f"@acme-{number % 50}",
        "name": name,
        "version": f"1.{number}.0",
        "purl": f"pkg:npm/{name}@1.{number}.0",
        "hashes": [{"alg": "SHA-256", "content": f"{number:064x}"}],
        "licenses": [{"license": {"id": "MIT"}}],
    }


def _xml(components: list[dict[str, object]]) -> bytes:
    parts = (
        f'<component type="library" bom-ref="{one["bom-ref"]}"><group>{one["group"]}</group><name>{one["name"]}</name>'
        f"<version>{one['version']}</version><purl>{one['purl']}</purl></component>"
        for one in components
    )
    space = 'xmlns="http://cyclonedx.org/schema/bom/1.6"'
    return f"<bom {space}><components>{''.join(parts)}</components></bom>".encode()


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    listed = [_component(number) for number in range(COMPONENTS)]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": listed}
    figures = []
    for kind, data in (("JSON", json.dumps(document, indent=2).encode()), ("XML", _xml(listed))):
        seconds = []
        for _ in range(RUNS):
            started = time.process_time()
            chunks = list(cyclonedx.read(BytesIO(data), name="bom", now=datetime.now(UTC)))
            seconds.append(time.process_time() - started)
        count = sum(len(chunk.software) for chunk in chunks)
        note = f"{count:,} components, {len(data) // 1024:,} KiB, fastest of {RUNS}"
        figures.append((f"parse cyclonedx, {kind}", f"{min(seconds) * 1000:,.0f}", "ms", note))
    return figures


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
