"""Words by which languages in Latin letters are told: what joins other words, what asks, a few verbs of questions.

`ARTICLES` also stand in names ("Rio de la Plata"), so they tell half as much. `ASKING` words can hardly be English: one
alone tells. A word that a language shares with English tells nothing against English. Chosen by hand.
"""

ENGLISH = frozenset(
    """a about after again all already also am an and any are as at be because been before being between both but by can
    could did do does doing done during each either else enough ever every few for from get gets give given had has have
    having he her here hers him his how i if in instead into is it its just kind like made make makes many may me might
    more most much must my need never next no nor not now of off often on once one only or other our out over own please
    same say says said she should since so some still such tell than that the their them then there these they thing
    things this those though through to too under until up upon us use used very was we were what when where whether
    which while who whom whose why will with within without would yes yet you your anyone anything someone something
    everyone everything nobody nothing s t re ve ll isn doesn didn don won wasn weren hasn haven aren wouldn couldn
    shouldn""".split()
)

ARTICLES = frozenset(
    """a al als am an as au aux da das de dei del della delle den der des det di dos du e el en et ein het i il in
    la las le les lo los na o och og os st u un una und van von y zu ter ten ved af do no um uma""".split()
)

ASKING: dict[str, str] = {
    "de": "warum weshalb wieso welche welcher welches wessen wieviel",
    "fr": "pourquoi quelle quelles quels combien lequel laquelle",
    "es": "qué cuándo cuánto cuánta cuántos cuántas quién quiénes cuál cuáles dónde cómo",
    "it": "perché perchè quanti quante quali",
    "pt": "porquê quê quantos quantas quais",
    "nl": "waarom hoeveel wanneer welke waar hoe",
    "sv": "varför vilka vilken vilket hur",
    "da": "hvorfor hvordan hvornår hvilken hvilke hvilket hvor hvad hvem",
    "no": "hvorfor hvordan hvilken hvilke hvilket hvor hva hvem",
    "fi": "miksi milloin kuinka mitä mitkä kuka missä mikä paljonko",
    "pl": "dlaczego kiedy jakie jaki jaka dokąd gdzie czy ile",
    "cs": "proč kdy kolik jaké jaký jaká kdo kde který která které",
    "sk": "prečo kedy koľko aké aký aká kto kde ktorý ktorá ktoré",
    "hu": "miért mikor mennyi hány milyen melyik hol hogyan",
    "ro": "când câți câte cât unde cine",
    "tr": "neden niçin nasıl hangi nerede kaç kim mi mı mu mü",
    "id": "mengapa kenapa bagaimana berapa kapan siapa apakah dimana",
    "vi": "tại sao bao nhiêu khi nào ở đâu như thế",
    "hr": "zašto koliko kada kako gdje tko koji koja koje šta ko",
    "sl": "zakaj koliko kdaj kdo kje kateri katera katere kako",
    "ca": "què quan quant quants quantes qui quin quina quins com",
    "et": "miks millal kuidas kes mida mis kus kui",
    "lv": "kāpēc cik kad kurš kura kāds kāda kur",
    "lt": "kodėl kiek kada kas kur koks kokia kokie",
}

JOINING: dict[str, str] = {
    "de": """der die das den dem des ein eine einer eines einem einen und oder aber nicht ist sind war waren
    wird werden wurde wurden hat haben hatte kann können soll sollen muss müssen was wer wie wo wann wem wen für
    mit von vom zu zum zur bei beim auf aus nach über unter um an am im in durch gegen ohne seit bis sich es er
    sie wir ihr ich du auch noch nur schon so mehr als dass daß damit wenn weil gibt etwas keine kein zwischen
    man ja dann da kostet bezahlt zahlt steigt macht sagt sagte bekommt neue neuen neuer neues""",
    "fr": """le la les un une des du de et ou mais ne pas est sont était été sera seront a ont avait avoir être
    fait font que qui quoi quand où comment quel dans sur sous avec sans pour par au aux en ce cette ces cet il
    elle ils elles on nous vous je tu se son sa ses leur leurs plus moins y l qu c j d n s t si tout tous cela
    ça même aussi entre après avant chez depuis dit me or coûte paie augmente nouveau nouvelle""",
    "es": """el la los las un una unos unas de del y o pero no es son era fue será serán ha han hay había ser
    está están que quien cuando cuanto cuantos donde como cual por para con sin sobre en a al entre desde hasta
    se su sus lo le les nos yo tú él ella ellos más menos muy también ya si sí porque este esta estos estas eso
    esto todo todos dijo hace hizo algo me cuesta paga sube dice nuevo nueva""",
    "it": """il lo la i gli le un uno una di del dello della dei degli delle e ed o ma non è sono era erano sarà
    saranno ha hanno aveva essere c che chi quando quanto quanta dove come cosa quale in nel nella nelle nei con
    senza per da dal dalla dai su sul sulla sulle sui al alla alle ai tra fra si ci vi suo sua suoi loro più
    meno molto anche già se questo questa questi queste quello fa fatto detto qualcosa l dell nell all ne me a
    so costa paga aumenta dice nuovo nuova""",
    "pt": """o a os as um uma uns umas de do da dos das e ou mas não é são era foi será serão há tem têm ser
    está estão estava que quem quando quanto quanta onde como qual em no na nos nas por para com sem sobre ao
    aos à às entre desde até se seu sua seus suas lhe mais menos muito também já isso este esta esse essa tudo
    disse faz feito alguma algum coisa pelo pela vai me custa paga diz novo nova""",
    "nl": """de het een en of maar niet is zijn was waren wordt worden werd werden heeft hebben had kan kunnen
    moet moeten zal zullen wat wie in op aan van voor met zonder bij naar uit over onder door tegen tot om te er
    die dat deze dit ze zij hij ik je jij wij we u hun hen haar zich ook nog al meer als dan dus want omdat
    zodat iets geen niets tussen hier daar gaat doet gedaan so kost betaalt zegt nieuwe""",
    "sv": """en ett den det de och eller men inte är var blir blev har hade ska skall skulle kan kunde måste vad
    vem vilka när av på i för med utan till från om under över mellan hos mot att som sig sin sitt sina han hon
    vi ni jag du också redan mer än så här där något någon några finns får göra gör görs sade sa någonting man
    kostar betalar säger nya""",
    "da": """en et den det de og eller men ikke er var bliver blev har havde skal skulle kan kunne må hvad når
    af på i for med uden til fra om under over mellem hos mod at som sig sin sit sine han hun vi I jeg du også
    allerede mere end så her der noget nogen nogle findes får gøre gør gøres sagde koster betaler siger nye""",
    "no": """en ei et den det de og eller men ikke er var blir ble har hadde skal skulle kan kunne må når av på
    i for med uten til fra om under over mellom hos mot å som seg sin sitt sine han hun vi dere jeg du også
    allerede mer enn så her der noe noen finnes får gjøre gjør gjøres sa at koster betaler sier nye""",
    "fi": """ja tai mutta ei on oli ovat olivat ole ollut olla että jos kun koska joka jotka niin myös vain
    vielä jo enemmän kuin se ne hän he me te minä sinä tämä nämä tuo jotta jotain joku kaikki mukaan kanssa
    ilman varten onko oliko ovatko voiko sanoi sanoiko jotakin noin nyt tässä maksaa sanoo uusi""",
    "pl": """i a lub albo ale nie jest są był była było były będzie będą ma mają może mogą co kto kogo jak w we
    z ze na do od po o u przez dla bez pod nad przed przy między za się to ten ta te tego tej tych ich jego jej
    on ona oni my wy ja ty także też już jeszcze więcej niż że żeby aby coś zostanie został powiedział by
    kosztuje płaci mówi nowy nowa""",
    "cs": """a i nebo ale ne není je jsou byl byla bylo byli bude budou má mají může mohou co jak v ve z ze na
    do od po o u pro bez pod nad před při mezi za se si to ten ta ty toho té těch jeho její jejich on ona oni my
    vy já také už ještě více než že aby něco jako s k by stojí platí říká nový nová""",
    "sk": """a i alebo ale nie je sú bol bola bolo boli bude budú má majú môže môžu čo ako v vo z zo na do od po
    o u pre bez pod nad pred pri medzi za sa si to ten tá tie toho tej tých jeho jej ich on ona oni my vy ja
    tiež už ešte viac než že aby niečo s k by""",
    "hu": """a az egy és vagy de nem van vannak volt voltak lesz lesznek hogy ha mi ki kik mit kit ez azt ezt is
    már még csak több mint meg el fel le be nélkül után előtt alatt között szerint által kell lehet mert aki ami
    valamit at én te ők mondta""",
    "ro": """un o unei unui și sau dar nu este sunt era au a fost va vor fi ce care cum de la în din pe cu fără
    pentru prin spre până despre între ale al ai lui ei lor se își mai mult decât foarte că dacă ca să acest
    această acești aceste ceva tot as""",
    "tr": """ve veya ama değil bir bu şu o da de ne için ile gibi kadar daha çok en olan olarak oldu olacak var
    yok mıdır midir ki her şey bazı göre sonra önce hakkında onun onlar biz siz ben sen ödüyor zaman yeni""",
    "id": """yang dan atau tetapi tidak bukan adalah ialah di ke dari pada untuk dengan tanpa oleh dalam antara
    sebagai akan sudah telah sedang bisa dapat harus ada itu ini mereka kami kita saya dia anda apa para lebih
    juga karena jika agar tentang""",
    "vi": """và hoặc nhưng không là có được của cho với từ trong trên dưới về đã sẽ đang những các một này đó
    người gì ai nếu thì mà để""",
    "hr": """i ili ali ne nije je su bio bila bilo bili bit će ima imaju može mogu što tko u na iz od do za s sa
    bez pod nad pred pri među kroz o se si to taj ta te toga njegov njen njihov on ona oni mi vi ja također već
    još više nego da ako jer nešto kao""",
    "sl": """in ali pa ne ni je so bil bila bilo bili bo bodo ima imajo lahko kaj v na iz od do za z s brez pod
    nad pred pri med skozi o se si to ta te tega njegov njen njihov on ona oni mi vi jaz tudi že še več kot da
    če ker nekaj""",
    "ca": """el la els les un una uns unes de del dels i o però no és són era serà ha han hi va que on per a amb
    sense sobre en al als entre des fins es seu seva més menys molt també ja si perquè aquest aquesta això tot l
    d""",
    "et": """ja või aga ei on oli olid ole olla et kas see need ta nad me te ma sa ka juba veel rohkem ning ilma
    jaoks üle kohta midagi siis""",
    "lv": """un vai bet nav ir bija būs kas ko ar bez par no uz pie pēc pirms starp tas tā tie tās viņš viņa mēs
    jūs es arī jau vēl vairāk nekā ka lai kaut""",
    "lt": """ir ar bet ne nėra yra buvo bus ką su be apie iš į prie po prieš tarp tas ta tie jis ji mes jūs aš
    taip pat jau dar daugiau nei kad jei""",
}
