"""What a person says that a text means: a CPE name or a package URL, remembered under the words of the text."""

from misthoorn.matching import versions
from misthoorn.matching.inventory.assets import AssetError, NormalAsset, asset_keys, normalise_asset
from misthoorn.matching.keys.cpe import parse_cpe
from misthoorn.matching.keys.purls import parse_purl
from misthoorn.matching.keys.spaces import CPE, NAME, PURL, Key
from misthoorn.matching.products.names import words

_IDENTIFIERS = ("cpe:", "pkg:")


def is_in_words(value: str) -> bool:
    """Whether a product is registered by a name, and not by a CPE name or package URL."""
    return not value.lower().startswith(_IDENTIFIERS)


def chosen_text(asset: NormalAsset) -> str:
    """The words under which a choice for this product is remembered; a whole number behind a name belongs to it."""
    return " ".join([*words(asset.value), *([asset.version] if asset.version.isdigit() else [])])


def read_choice(*, text: str, value: str) -> tuple[str, str]:
    """The words of the text, and what it means in canonical form, without a version.

    Raises:
        AssetError: the text is no name of a product, or the value no CPE name or package URL.
    """
    named = normalise_asset(kind="product", value=text)
    if not is_in_words(named.value):
        raise AssetError(
            f"“{text[:100]}” says itself which product is meant. Choose for a name, such as “Apache Log4j”."
        )
    if is_in_words(value.strip()):
        raise AssetError(f"“{value[:100]}” is no CPE name or package URL. `misthoorn products find` proposes some.")
    return chosen_text(named), normalise_asset(kind="product", value=value).value


def keys_of_choice(asset: NormalAsset, value: str) -> tuple[Key, ...]:
    """The keys of a product in words that means `value`.

    A CPE name takes the place of what the words may mean; a package URL comes beside it. A number that belongs to the
    chosen name (windows_server_2019) is no version, nor is what is none in the order of the package: then it is not
    known.
    """
    chosen = asset_keys(chosen_asset(asset, value))
    if value.startswith("cpe:"):
        return tuple(key for key in chosen if key.space in {CPE, NAME})
    return tuple(dict.fromkeys((*(key for key in chosen if key.space.startswith(PURL)), *asset_keys(asset))))


def chosen_asset(asset: NormalAsset, value: str) -> NormalAsset:
    """A product in words, as what it means."""
    return NormalAsset("product", value, _version(asset, value))


def _version(asset: NormalAsset, value: str) -> str:
    if value.startswith("cpe:"):
        return "" if asset.version in words(parse_cpe(value).product.replace("_", " ")) else asset.version
    scheme = versions.scheme_of_purl(parse_purl(value).type)
    return asset.version if asset.version and versions.valid(scheme, asset.version) else ""
