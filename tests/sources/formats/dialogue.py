"""An invented hearing on trams at night, which tests put into the shapes that exporters and printers give it."""

from dataclasses import dataclass

TITLE = "Night trams: second public hearing"
DAY = "2023-09-14"
ADA, JEROEN, MIRIAM = "Ada Lund", "Jeroen Vos", "Miriam Okafor-Hale"


@dataclass(frozen=True)
class Turn:
    """Who says which paragraphs, from which second on."""

    speaker: str
    paragraphs: tuple[str, ...]
    begins: int

    @property
    def text(self) -> str:
        """All paragraphs, a blank line between."""
        return "\n\n".join(self.paragraphs)


HEARING = (
    Turn(ADA, ("Good evening. Mr Vos, how long have you been running the depot at Kettle Lane?",), 3),
    Turn(
        JEROEN,
        (
            "Since the spring of 2009, so fourteen years now. Before that I drove the number 7 for a decade, mostly "
            "the late shift, and I still take a turn when somebody is ill.",
            "I would add that the depot was built for thirty cars. We keep forty-four there, which is why two of the "
            "sidings are never empty and why a repair in the yard blocks the whole of the northern ladder.",
        ),
        11,
    ),
    Turn(ADA, ("And how many of those forty-four could go out at night, if the council asked for it tomorrow?",), 58),
    Turn(
        JEROEN,
        (
            "Nineteen. The others have the old doors, and the old doors freeze below minus five. We learnt that in "
            "January, when three cars stood at the harbour terminus with passengers inside for forty minutes.",
        ),
        66,
    ),
    Turn(MIRIAM, ("May I come in on that?",), 97),
    Turn(ADA, ("Please do, Ms Okafor-Hale.",), 99),
    Turn(
        MIRIAM,
        (
            "Who decided to keep the old doors after the January failure, and was the works council heard?",
            "I ask because the minutes of 2 February say that it was “noted”, and nothing else.",
        ),
        102,
    ),
    Turn(
        JEROEN,
        (
            "The board decided. I advised against it in writing on 4 February; the letter is in your bundle at tab 12. "
            "The works council was told a week later, which is not the same as being heard.",
        ),
        118,
    ),
    Turn(ADA, ("What would it cost to change the doors of the remaining twenty-five cars?",), 149),
    Turn(
        JEROEN,
        (
            "About 1.4 million, at the price we were quoted in May. That is £56,000 a car, doors and heaters together.",
            "Each takes nine days. We can do two at once without touching the timetable, so you would have the last "
            "of them back sixteen weeks after the order, not counting the strike days.",
        ),
        155,
    ),
    Turn(ADA, ("Thank you. Is there anything that we ought to have asked and didn't?",), 201),
    Turn(
        JEROEN,
        (
            "Yes: drivers. You can heat every door in the city, but a night timetable needs eleven more people, and it "
            "takes seven months to train one. If you want trams in the night of the first Advent, the advertisement "
            "should have been in the paper last week.",
        ),
        208,
    ),
    Turn(MIRIAM, ("Nobody told us that.",), 239),
    Turn(JEROEN, ("Nobody asked until this evening.",), 241),
    Turn(ADA, ("We are adjourned until ten tomorrow.",), 244),
)


def clock(seconds: int) -> str:
    """`3:04`, as Teams writes it."""
    return f"{seconds // 60}:{seconds % 60:02d}"
