"""What each calendar program does with a feed, and how to add one there.

Said plainly, also where it disappoints: who relies on a reminder must know that none will come.
Source: the programs' own sources and what their users report, read in November 2026. Knows no feed
and no plan.
"""

from dataclasses import dataclass

from medplan.wording.language import marked


@dataclass(frozen=True, slots=True)
class Client:
    """A calendar program: how to add a feed, what becomes of its alarms, how late changes come.

    `keeps` says who stores the feed's text besides the patient, None for nobody.
    """

    id: str
    name: str
    steps: tuple[str, ...]
    alarms: str
    refresh: str
    keeps: str | None = None


CLIENTS = (
    Client(
        "google",
        "Google Calendar",
        (
            marked("Open calendar.google.com on a computer; the phone app can't add an address."),
            marked("Beside “Other calendars” choose +, then “From URL”."),
            marked("Paste the address and choose “Add calendar”. It then shows on your phone too."),
        ),
        marked(
            "It drops the feed's alarms. In the calendar's settings on the web, under “Event "
            "notifications”, add your own."
        ),
        marked("When it likes: often within 4 to 24 hours, sometimes later. There is no setting."),
        "Google",
    ),
    Client(
        "apple",
        marked("Apple Calendar (iPhone, iPad, Mac)"),
        (
            marked("Open the link for Apple Calendar above on the device, and choose “Subscribe”."),
            marked("Or in Calendar choose “Add Subscription Calendar” and paste the address."),
            marked("Untick “Remove Alerts” if your feed has alarms."),
        ),
        marked("It removes them unless you untick “Remove Alerts”."),
        marked(
            "On a Mac you choose, from 5 minutes to a week. A phone follows its Fetch settings."
        ),
    ),
    Client(
        "outlook",
        "Outlook",
        (
            marked("In Outlook on the web or the new Outlook choose “Add calendar”."),
            marked(
                "Choose “Subscribe from web”, paste the address that begins with https, and import."
            ),
        ),
        marked("It ignores the feed's alarms."),
        marked("About every 3 hours, up to a day."),
        "Microsoft",
    ),
    Client(
        "thunderbird",
        "Thunderbird",
        (
            marked("In the calendar choose “New Calendar”, then “On the Network”."),
            marked("Paste the address, without a user name, and choose “Find Calendars”."),
            marked("In the calendar's properties tick “Show Reminders”."),
        ),
        marked("It shows them if “Show Reminders” is ticked. Dismissed ones can come back."),
        marked("Every 30 minutes; each calendar has its own setting."),
    ),
    Client(
        "nextcloud",
        "Nextcloud",
        (
            marked("In Calendar choose “New calendar”, then “New subscription from link”."),
            marked("Paste the address and confirm."),
        ),
        marked("It strips them, unless its administrator chose otherwise."),
        marked("About every 4 hours, as the feed asks."),
        marked("whoever runs that Nextcloud"),
    ),
    Client(
        "home-assistant",
        "Home Assistant",
        (
            marked("Open Settings, “Devices & services”, “Add integration”, “Remote Calendar”."),
            marked("Give it a name and paste the address."),
        ),
        marked(
            "It ignores them, but an automation can start when an event begins: a good reminder."
        ),
        marked("Once a day."),
    ),
    Client(
        "android",
        marked("Android with ICSx⁵"),
        (
            marked("Install ICSx⁵ from F-Droid or Google Play."),
            marked(
                "Choose +, paste the address, and choose how often to look and what to do with "
                "alarms."
            ),
            marked("The events then show in your phone's own calendar."),
        ),
        marked(
            "It keeps them, drops them, or adds its own: you choose. The best choice on Android."
        ),
        marked("As often as you choose."),
    ),
)
