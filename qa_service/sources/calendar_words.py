"""Names of months and weekdays, in the languages whose labels the parser knows."""

_MONTHS = (
    "january jan jänner januar janv janvier enero ene janeiro gennaio januari styczeń stycznia январь января "
    "eanáir يناير",
    "february feb februar févr février febrero fevereiro fev febbraio febr februari luty lutego февраль февраля "
    "feabhra فبراير شباط",
    "march mar märz mrz mars marzo março maart mrt marzec marca март марта márta مارس آذار",
    "april apr avril avr abril abr aprile kwiecień kwietnia апрель апреля aibreán أبريل ابريل نيسان",
    "may mai mayo maio maggio mag mei maj maja май мая bealtaine مايو أيار",
    "june jun juni juin junio junho giugno giu czerwiec czerwca июнь июня meitheamh يونيو حزيران",
    "july jul juli juillet juil julio julho luglio lug lipiec lipca июль июля iúil يوليو تموز",
    "august aug août aout agosto augustus augusti sierpień sierpnia август августа lúnasa أغسطس اغسطس آب",
    "september sep sept septembre septiembre setembro settembre sett wrzesień września сентябрь сентября سبتمبر أيلول",
    "october oct oktober okt octobre octubre outubro ottobre ott październik października октябрь октября "
    "أكتوبر اكتوبر",
    "november nov novembre noviembre novembro listopad listopada ноябрь ноября samhain نوفمبر",
    "december dec dezember dez décembre déc diciembre dic dezembro dicembre desember grudzień grudnia декабрь "
    "декабря nollaig ديسمبر",
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()}
WEEKDAYS = frozenset(
    (
        "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
        "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so "
        "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo "
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira lunedì martedì mercoledì giovedì venerdì "
        "sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag måndag måndagen tisdag tisdagen "
        "onsdag onsdagen torsdag torsdagen fredag fredagen lördag söndag mandag tirsdag lørdag søndag понедельник "
        "вторник среда четверг пятница суббота воскресенье poniedziałek wtorek środa czwartek piątek sobota niedziela"
    ).split()
)
