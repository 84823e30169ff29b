"""What a follow-up may ask for about the answer before, and the English wordings of it.

A rule is for a whole message, without the courtesy around it: a question that happens to hold such words ("Who said
that taxes will rise?") fits none. `follow_ups.py` reads messages with them.
"""

from enum import StrEnum


class Intent(StrEnum):
    """What a follow-up asks for."""

    MORE = "more"  # further statements on the same question
    SAME_SPEAKER = "same_speaker"  # further ones by whoever was quoted
    EXPLAIN = "explain"  # what stands around the quote
    CONTINUE = "continue"  # what comes next in the transcript
    BEFORE = "before"  # what comes before it there
    WHOLE = "whole"  # the whole statement instead of a sentence of it
    QUOTE = "quote"  # its exact words
    SHORTER = "shorter"  # one sentence
    NTH = "nth"  # one of several statements quoted
    WHERE = "where"  # in which paragraph of what it stands
    WHO = "who"  # who said it
    WHEN = "when"  # when it was said or happened
    ASKED = "asked"  # what it replies to
    SURE = "sure"  # how sure the answer is


NUMBERS = {"first": 1, "1st": 1, "former": 1, "second": 2, "2nd": 2, "other": 2, "third": 3, "3rd": 3}
NUMBERS |= {"last": -1, "latter": -1, "final": -1, "1": 1, "2": 2, "3": 3, "one": 1, "two": 2, "three": 3}

_THAT = (
    r"(?:(?:that|this|the) (?:quote|statement|answer|sentence|passage|claim|point|bit)|that|this|it|these|those|them|so"
    r"|the (?:above|same))"
)
_ON_THAT = rf"(?: (?:about|on|of|to|by|for|with|from|like) {_THAT}(?: (?:topic|subject|point|one|statement|quote))?)?"
_HE = r"(?:he|she|they)"
_PERSON = (
    r"(?:he|she|they|(?:the|this|that|the same) (?:minister|speaker|person|witness|guest|mayor|president|director"
    r"|expert|official|guy|man|woman))"
)
_SOURCES = r"(?:it|the (?:sources?|interview|hearing|transcripts?|documents?|texts?))"
_WHOM = r"(?:him|her|them)"
_QUOTES = (
    r"(?: (?:quotes?|statements?|results?|answers?|examples?|mentions?|info|information|sources?|ones?|of them"
    r"|passages?|evidence))?"
)
_ITEM = r"(?:one|quote|statement|point|source|answer|result|citation|sentence)"
_TEXT = r"(?:statement|paragraph|quote|answer|text|passage|reply|response|thing|citation|version|context|sentence)"
_WORDING = r"(?:quotes?|quotation|words|wording|sentence|text|phrase|phrasing|citation|statement)"
_PLACE = r"(?:document|speech|source|interview|hearing|transcript|text|paragraph|page|part|section|file)"
_ASKER = r"(?:the (?:reporter|interviewer|host|journalist|chair)|they|he|she)"
_TAKE = r"(?:(?:explain|quote|expand(?: on)?|elaborate on|what about|how about|what does|more (?:on|about)|open) )?"
_AT_LENGTH = r"(?: in full| say| in (?:more )?detail| more| further)?"
_ORDINAL = "|".join(word for word in NUMBERS if word not in {"1", "2", "3", "one", "two", "three"})

# The first intent with a rule that fits is taken: the narrower ones stand before the wider.
RULES: dict[Intent, tuple[str, ...]] = {
    Intent.NTH: (
        rf"{_TAKE}(?:the (?P<ordinal>{_ORDINAL})(?: {_ITEM})?|(?P<item>{_ORDINAL}) {_ITEM}){_AT_LENGTH}",
        rf"{_TAKE}(?:(?:number|no|nr|{_ITEM}) )?(?P<digit>[123]){_AT_LENGTH}",
        rf"{_TAKE}(?:number|{_ITEM}) (?P<word>one|two|three){_AT_LENGTH}",
    ),
    Intent.SAME_SPEAKER: (
        rf"what (?:else|more) (?:did|does|do|has|have) {_PERSON} (?:say|said|tell|told|mention(?:ed)?)(?: us)?"
        rf"{_ON_THAT}",
        rf"(?:did|does|do|has|have) {_PERSON} (?:say|said|mention) (?:anything|something) (?:else|more){_ON_THAT}",
        rf"(?:anything|something) else (?:that )?{_PERSON} (?:said|says|say|mentioned){_ON_THAT}",
        rf"(?:some |any )?(?:more|others?|(?:some|any)thing (?:else|more)){_QUOTES} (?:from|by) (?:{_WHOM}|{_PERSON})",
    ),
    Intent.MORE: (
        r"(?:some |any |even |a bit |a little |a few |one |two |three |[1-9] )?(?:more|further|others?|another)"
        rf"(?: of {_THAT})?{_QUOTES}{_ON_THAT}",
        r"(?:what|(?:got |have you got )?(?:any|some)thing|is there (?:any|some)thing|is there) "
        r"(?:else|more)(?: (?:is|was) (?:there|said))?"
        rf"{_ON_THAT}(?: (?:in|from) {_SOURCES})?{_ON_THAT}",
        r"(?:the )?(?:next|other) (?:ones?|quotes?|statements?|results?)|(?:what about )?the (?:others|rest)",
        rf"(?:are there|is there|any|got|have you got|do you have) (?:any |some )?(?:more|others?){_QUOTES}{_ON_THAT}",
        rf"(?:what (?:else|more)|more) (?:do|have|can) you (?:have|got|find|know|tell|say|give|show)(?: me)?{_ON_THAT}",
        rf"what (?:else|more) (?:do|does|did) {_SOURCES} say{_ON_THAT}|(?:everything|all) else{_ON_THAT}",
        rf"(?:do|does|did) {_SOURCES} say (?:anything|something) (?:else|more){_ON_THAT}|say more{_ON_THAT}",
        r"anymore|next|keep (?:them|it) coming|is that all(?: there is)?",
        rf"what (?:other|further|more) (?:quotes|statements|results|answers)(?: are there)?{_ON_THAT}",
        rf"is there more to {_THAT}|is there another{_QUOTES}{_ON_THAT}|what else is there to know{_ON_THAT}",
    ),
    Intent.EXPLAIN: (
        rf"explain(?: {_THAT})?(?: to me)?(?: a bit| a little)?(?: more| further| better)?"
        r"(?: in (?:more |some )?detail)?",
        rf"(?:elaborate|expand|clarify|go into (?:more )?details?)(?: (?:on )?{_THAT})?(?: more| further| a bit)?",
        rf"what (?:does|do|did|is) (?:{_THAT}|{_PERSON}) (?:mean|meant|supposed to mean)(?: (?:by|with) {_THAT})?",
        rf"(?:some |any |a bit )?(?:more |further )?(?:explanation|details?|context|background){_ON_THAT}",
        r"in (?:more |greater |some )?detail|be (?:more )?(?:specific|precise)|meaning|explain like i am (?:five|5)",
        rf"what is the context{_ON_THAT}|put {_THAT} in(?:to)? context|what is meant(?: by {_THAT})?",
        rf"explain(?: {_THAT})? in (?:simple|simpler|other|plain) (?:words|terms|english)",
        rf"what do you mean(?: by {_THAT})?",
        rf"explain what {_THAT} means?|explain what {_PERSON} (?:means?|meant)(?: by {_THAT})?",
        rf"an explanation{_ON_THAT}|i (?:do|did) not (?:understand|get)(?: {_THAT})?",
    ),
    Intent.CONTINUE: (
        r"go on|continue|carry on|read (?:on|further)|keep (?:going|reading)|and then|then what|then",
        r"how does (?:it|this|that) (?:continue|go on)",
        r"what (?:then|next)|go ahead|proceed",
        rf"what (?:comes|came|stands|is|was said|(?:did|does) {_PERSON} say) "
        rf"(?:next|then|(?:right |just )?after {_THAT})",
        rf"what follow(?:s|ed)(?: {_THAT})?|after {_THAT}|the (?:next|following) (?:paragraph|sentence|passage|part)",
    ),
    Intent.BEFORE: (
        rf"(?:right |just )?before(?: {_THAT})?|(?:go|scroll) back|what preceded {_THAT}",
        rf"what (?:comes|came|stands|is|was|was said|(?:did|does) {_PERSON} say) (?:right |just )?before(?: {_THAT})?",
        r"(?:the )?(?:previous|preceding) (?:one|paragraph|sentence|passage|part|statement)",
        rf"(?:the )?(?:one|paragraph|sentence|passage|part|statement) before(?: {_THAT})?",
    ),
    Intent.WHOLE: (
        rf"(?:(?:as|in) )?(?:the |its |that )?(?:full|whole|entire|complete|entirety)(?: {_TEXT})?{_ON_THAT}"
        r"(?: not (?:just|only) (?:the |one |a )?(?:sentence|quote|part|excerpt|bit))?",
        rf"all of (?:it|that)|{_THAT} in full|the paragraph",
    ),
    Intent.QUOTE: (
        r"(?:the |his |her |their |its |an? )?(?:exact|direct|precise|verbatim|literal|original|actual|own) "
        rf"{_WORDING}{_ON_THAT}|the quote(?: word for word| verbatim)?|quote(?: {_THAT}| {_WHOM})?",
        r"word for word|verbatim|in (?:his|her|their) own words",
        rf"what (?:exactly |precisely |literally )?(?:did|does) {_PERSON} (?:exactly |really |actually |literally )?say"
        r"(?: exactly| precisely| word for word| verbatim| literally)?",
        r"what (?:exactly )?(?:was|is) (?:exactly )?(?:said|the (?:exact )?(?:quote|wording))",
        r"what (?:were|are) (?:the|his|her|their) (?:exact |own |actual )?words",
    ),
    Intent.SHORTER: (
        r"(?:make (?:it|that) |be |keep it |an? )?(?:a bit |much |even )?(?:shorter|briefer|short|brief|concise)"
        r"(?: version| answer)?",
        r"(?:that is |it is )?(?:way )?too long(?: make it shorter| shorter)?|tl ?dr",
        r"(?:the |a )short (?:version|answer)",
        rf"in (?:short|brief|a nutshell|one sentence|a few words)|shorten {_THAT}|sum {_THAT} up",
        rf"(?:summari[sz]e|summary)(?: of)?(?: {_THAT})?",
        r"(?:just )?(?:the (?:main|key) (?:point|sentence)|one sentence)",
    ),
    Intent.WHERE: (
        rf"where (?:exactly )?(?:does|do|did) (?:it|{_PERSON}|you|the {_PLACE}) say(?: {_THAT})?",
        rf"where (?:exactly )?(?:is|was|are|were) {_THAT} (?:said|written|stated|from|quoted from|taken from)",
        rf"where (?:did|do) you (?:get|find|read|have) {_THAT}(?: from)?|from where(?: is {_THAT})?",
        rf"where (?:can|could|do|may) i (?:find|read|see|check|verify|look up) {_THAT}",
        rf"(?:the |your |a |any )?(?:sources?|citations?|references?|links?|urls?){_ON_THAT}",
        rf"(?:in |from )?(?:which|what) {_PLACE}(?: (?:is|was|does) {_THAT}(?: (?:in|from|come from|stand in))?)?",
        rf"what (?:is|are) (?:the|your) (?:sources?|citation|reference){_ON_THAT}|how do you know(?: {_THAT})?",
        rf"where in (?:the )?{_PLACE} (?:is|was) {_THAT}(?: said)?|links? to (?:the|your) {_PLACE}",
        rf"where (?:exactly )?in (?:the )?{_PLACE} (?:does|did|do) (?:it|{_PERSON}) say {_THAT}",
        rf"cite (?:your sources?|the sources?|{_THAT})",
    ),
    Intent.WHO: (
        rf"who (?:exactly |actually )?(?:said|says|stated|states|claimed|claims|told you) {_THAT}|says who|who said",
        rf"who (?:is|was|are) (?:saying|quoted|speaking|talking|the speaker|{_THAT}|{_HE})(?: {_THAT})?"
        r"(?: there| here)?",
        rf"who (?:is|was) being quoted|who was it (?:that|who) said {_THAT}|(?:the )?name of {_PERSON}",
        rf"is {_THAT} {_PERSON}(?: speaking| talking)?",
        rf"which (?:speaker|person|one|of them) (?:said|says) {_THAT}|(?:the )?speaker is name",
        rf"who (?:is|was) {_THAT} (?:by|from)|by whom (?:is|was) {_THAT}(?: said)?",
        rf"whose (?:words?|quotes?|statement|opinion) (?:is|are|was|were) {_THAT}|who (?:are|is) the speakers?",
    ),
    Intent.WHEN: (
        rf"when (?:was|is|were) {_THAT}(?: said| from| recorded| stated)?|when did {_THAT} happen",
        rf"when did {_PERSON} say(?: {_THAT})?|how old is {_THAT}|the date{_ON_THAT}",
        rf"(?:on |in )?(?:what|which) (?:date|day|year) (?:was|is) {_THAT}(?: from| said)?",
    ),
    Intent.ASKED: (
        rf"what (?:was|were|had|has|have) (?:{_PERSON}|{_WHOM}) (?:been )?asked",
        rf"what (?:was|is) the question(?: there| asked|{_ON_THAT})",
        rf"what (?:question )?(?:did|had|was) {_ASKER} (?:ask|asked|asking)(?: {_WHOM}| there)?",
        rf"what (?:question )?(?:was|is|were|are) {_PERSON} (?:answering|(?:replying|responding|reacting) to)",
        r"what (?:was|is) (?:the|his|her|their) (?:(?:reporter|interviewer|host|journalist|chair) is )?question",
        rf"what questions? (?:was|were) {_PERSON} asked|who (?:was|is) asking(?: {_WHOM}| {_THAT})?",
        rf"who asked(?: {_WHOM}| {_THAT})?|what was asked|in (?:reply|response|answer) to (?:what|which question)",
        rf"(?:the|which|what) question(?: was asked| (?:is|was) {_THAT} (?:the |an )?(?:answer|reply|response) to)?",
    ),
    Intent.SURE: (
        rf"sure (?:about|of) {_THAT}",
        rf"(?:are |r )?(?:you|u) (?:really |absolutely |quite |100 )?(?:sure|certain)(?: (?:about|of) {_THAT})?",
        rf"is {_THAT} (?:really |actually )?(?:true|right|correct|certain|accurate|reliable)|really|seriously",
        rf"how (?:sure|certain|confident|reliable) (?:are you|is {_THAT})(?: (?:about|of|in|with) {_THAT})?",
        rf"can (?:i|we|you) (?:trust|rely on|believe) {_THAT}",
        rf"is {_THAT} (?:really |actually )?what {_PERSON} (?:said|says)",
    ),
}
