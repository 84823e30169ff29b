"""A group of questions small enough to follow, for the tests of both trainings."""

from eval.training.groups import Group, TrainingQuestion

GROUP = Group(
    "trams",
    ["Twelve trams run at night. The depot sends out more.", "A harbour levy covers the wages."],
    ["How many trams run?", ""],
    [TrainingQuestion("Who pays the drivers?", {1: 3}), TrainingQuestion("When does the ferry leave?", {})],
)
