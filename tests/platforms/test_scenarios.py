"""What happens to a study group, told once and played on every platform."""

from tests.platforms.conftest import AnyStage


async def test_setting_up_opens_a_form_and_greets_the_channel(stage: AnyStage) -> None:
    said = await stage.sets_up()
    assert "The group is set up." in said
    assert "Zone: Europe/Berlin" in said
    assert stage.person("Aiko").sees("This is now a study group for machine-learning interviews.")
