"""Words that tell what a label means: who asks, who presides, what is a title and what is nobody's name."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Whoever's label holds one of these asks, whatever the language.
ASKERS = _words(
    "reporter journalist interviewer question press correspondent anchor audience q reporters questioner int "
    "journaliste intervieweur frage reporterin journalistin interviewerin fragesteller fragestellerin pregunta "
    "periodista entrevistador entrevistadora domanda giornalista intervistatore intervistatrice pergunta "
    "jornalista вопрос корреспондент журналист вопрос: 记者 问 提问 質問 記者 問 质询 질문 기자 zusatz "
    "zusatzfrage nachfrage zuruf سؤال الصحفي صحفي"
)
# … and of these, those that say so only where they are the whole label: a press secretary answers.
ONLY_ALONE = _words("press audience correspondent anchor q int")
# These lead a conversation: they ask, or hand over to somebody who does.
HOSTS = _words(
    "host moderator presenter présentateur présentatrice animateur animatrice moderatorin presentador "
    "presentadora moderador moderadora conduttore conduttrice ведущий ведущая 主持人 司会 司会者 사회자 진행자"
)
# These preside. What they say to keep order is nobody's answer.
PRESIDING = _words(
    "chair chairman chairwoman chairperson president speaker convener convenor operator moderator court clerk "
    "staff videographer bailiff vizepräsident vizepräsidentin präsident präsidentin vorsitzender vorsitzende "
    "président présidente presidente presidenta presidência voorzitter talman ordförande cathaoirleach "
    "председатель 主席 议长 議長 委員長 委员长 의장 위원장"
)
# Several at once, or nobody in particular, who call out.
SEVERAL = _words(
    "an un une another several various some many hon honourable opposition government plusieurs "
    "quelques algunos mehrere"
)
CROWD = _words("members voice députés députées diputados abgeordnete voices all several crowd deputies")
ANSWERERS = _words("a answer answers antwort réponse respuesta risposta resposta ответ 答 答复 回答 답변 جواب ج")
# These answer as well, and may have a number: `Respondent 14` is a name.
QUESTIONED = _words("witness respondent interviewee")
# Letters that come in pairs: the first asks, the second answers.
PAIRS = (("Q", "A"), ("P", "R"), ("D", "R"), ("F", "A"), ("I", "R"), ("В", "О"), ("س", "ج"), ("問", "答"), ("问", "答"))
# Words that a number behind them makes a person whom nobody could name: `Speaker 1`, unlike `Phase 2`.
NUMBERED = _words(
    "speaker audience respondent participant interviewee guest panelist panellist witness caller member voice "
    "person male female man woman patient student teacher client user delegate sprecher sprecherin teilnehmer "
    "teilnehmerin befragter befragte locuteur locutrice intervenant intervenante participante hablante orador "
    "entrevistado entrevistada falante parlante partecipante спикер участник респондент говорящий 说话人 发言人 "
    "讲话人 受访者 参与者 話者 화자 참석자"
)
# A paragraph may open with one of these and a colon; it is not somebody's name.
NOT_NAMES = _words(
    "note notes source sources example examples update warning summary first second third fourth fifth finally "
    "editor's-note photo picture video caption background date time place location subject topic title unit total "
    "witnesses present attendees attending apologies agenda contact contacts email phone website duration "
    "recorded transcribed-by transcribed transcript transcription transcriber date-of-interview members-present "
    "staff-present in-attendance participants speakers panel action actions decision ingredients method keywords "
    "tags info error debug critical license author status version usage options default proposed seconded "
    "resolved motion vote application comment comments tip tips serves servings yield prep steps disclaimer "
    "copyright publisher published updated last-updated interval key legend conventions page pages appearances "
    "contents proceedings related 注 注意 备注 来源 例如 比如 更新 总结 第一 第二 第三 第四 第五 首先 其次 最后 "
    "图 图片 视频 背景 日期 时间 地点 题目 主题 标题"
)
# Names of parts of a recording, which a label with a time code behind it may print.
PARTS = _words("break intro outro music ad ads advert sponsor sponsors jingle chapter end start pause recap credits")
# A name opens with none of these.
PREPOSITIONS = _words("in on at for from with to into about under over after before during when where what why how if")
# A line that opens with one of these and a colon is a note to the reader.
CONTACTS = _words(
    "contact contacts media-contact press-contact phone email e-mail website tags keywords related disclaimer "
    "copyright styling photography photos photo words-by interview-by illustration hair special-thanks 责任编辑 "
    "编辑 附件 お問い合わせ先 お問合せ先 published-in published-in-section published-in-sections "
    "опубликовано-в-разделах статус-материала à-lire-aussi lire-aussi read-more"
)
# What stage directions tell: brackets that hold one of these are nobody's name.
STAGE = _words(
    "laughter laughs laughing laugh applause applauds pause crosstalk inaudible unintelligible indiscernible "
    "interruption interjections music sound soundbite video audio clip recess break end beginning begin off-mike "
    "off-mic cheers silence sighs coughs cough murmurs noise phonetic sic beifall heiterkeit zuruf lachen "
    "zwischenruf unruhe rires rire applaudissements exclamations sourires mouvements risas aplausos risos "
    "applausi brusio 笑 笑声 笑い 拍手 掌声 以上 了 完 資料 смех аплодисменты both graphic tiff all whereupon "
    "recording tape"
)
# Titles in front of a name; behind such a name a label may end in a full stop.
TITLES = _words(
    "mr mr. mrs mrs. ms ms. miss mx dr dr. prof prof. professor hon hon. honourable sir dame lord lady baroness "
    "rt right the senator representative congressman congresswoman chairman chairwoman chair judge justice chief "
    "president vice minister secretary commissioner director governor mayor general admiral captain colonel "
    "sergeant officer administrator ambassador speaker m. m mme mme. mlle monsieur madame herr frau señor señora "
    "senhor senhora sr. sra. sr sra signor signora onorevole senatore el la le der die il o a г-н г-жа"
)
PARTICLES = _words(
    "de la le les van von der den bin al el da das dos du di del della of the and und y e af av ibn ben & for für "
    "et des à pour per i señor señora sr sra"
)
# Abbreviations that a full stop follows inside a name.
ABBREVIATED = _words(
    "smt shri supt cllr mr mrs ms dr prof hon sen rep gov gen col lt st sgt capt jr sr sra rev m mm mme dep insp no"
)
# Words that open what somebody says to those present: prose behind them is speech, though no label stands there.
GREETINGS = (
    "good morning|good afternoon|good evening|good day|hello|welcome|ladies and gentlemen|thank you|thanks|"
    "dear |colleagues|guten tag|guten morgen|guten abend|meine damen und herren|sehr geehrte|herzlich willkommen|"
    "bonjour|bonsoir|mesdames|buenos d|buenas|señoras|señores|buongiorno|buonasera|signore e signori|bom dia|boa tarde|"
    "senhoras|goedemorgen|goedemiddag|dames en heren|добрый|уважаемые|здравствуйте|大家好|各位|女士们|下午好|上午好|"
    "おはよう|こんにちは|皆様|皆さん|안녕하|여러분"
)
