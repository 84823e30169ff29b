"""What countries are also called: of France one says French."""

from collections.abc import Iterable

# A country and, behind it, its adjective or people where that is not the name with an ending (`Japan-ese`).
_TOLD = """
afghanistan afghan|argentina argentine argentinian|belgium belgian|brazil brazilian|britain british|bulgaria bulgarian
|canada canadian|chile chilean|china chinese|croatia croatian|cyprus cypriot|czechia czech|denmark danish dane
|egypt egyptian|england english|europe european|finland finnish|france french|germany german|greece greek
|hungary hungarian|iceland icelandic|india indian|iran iranian|iraq iraqi|ireland irish|israel israeli|italy italian
|kenya kenyan|lebanon lebanese|luxembourg luxembourgish|malta maltese|mexico mexican|mongolia mongolian
|morocco moroccan|netherlands dutch|norway norwegian|peru peruvian|philippines filipino philippine|poland polish
|portugal portuguese|romania romanian|scotland scottish|senegal senegalese|serbia serbian|slovakia slovak
|slovenia slovenian|spain spanish|sweden swedish|switzerland swiss|syria syrian|taiwan taiwanese|thailand thai
|turkey türkiye turkish|ukraine ukrainian|vietnam vietnamese|wales welsh
"""
_GROUPS = [frozenset(group.split()) for group in _TOLD.split("|")]
_BY_NAME = {name: group for group in _GROUPS for name in group}
_ENDINGS = ("ian", "ese", "ish", "an", "n", "i")
_SHORTEST = 4  # letters of a name that an ending is taken off to find


def also_called(name: str) -> Iterable[str]:
    """Other words, in lower case, for what `name` stands for; none where it is no country."""
    return _BY_NAME.get(name, frozenset()) - {name}


def without_ending(word: str) -> Iterable[str]:
    """What `word` may be the adjective of: `lusaran` of `lusara`, `orlanian` of `orlan`."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            yield word.removesuffix(ending)
