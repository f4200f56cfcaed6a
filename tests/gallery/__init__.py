"""One example plan for each operation of an EditPlan, rendered and laid out on contact sheets, to be looked at."""
