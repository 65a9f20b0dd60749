"""What abbreviations, units and signs are called in English; tables only."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
MONTH_OF = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
MONTH_OF |= {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}

ABBREVIATIONS = {
    "mr": "Mister",
    "mrs": "Missus",
    "ms": "Miz",
    "prof": "Professor",
    "rev": "Reverend",
    "capt": "Captain",
    "sgt": "Sergeant",
    "lt": "Lieutenant",
    "jr": "Junior",
    "sr": "Senior",
    "ave": "Avenue",
    "rd": "Road",
    "blvd": "Boulevard",
    "hwy": "Highway",
    "ln": "Lane",
    "sq": "Square",
    "apt": "Apartment",
    "bldg": "Building",
    "dept": "department",
    "inc": "Incorporated",
    "ltd": "Limited",
    "corp": "Corporation",
    "co": "Company",
    "bros": "Brothers",
    "approx": "approximately",
    "est": "established",
    "etc": "et cetera",
    "vs": "versus",
    "ext": "extension",
    "min": "minutes",
    "max": "maximum",
    "tel": "telephone",
    "incl": "including",
    "excl": "excluding",
    "misc": "miscellaneous",
    "vol": "volume",
    "fig": "figure",
    "hrs": "hours",
    "hr": "hour",
    "mins": "minutes",
    "govt": "government",
    "mon": "Monday",
    "tue": "Tuesday",
    "tues": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "thurs": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
    "jan": "January",
    "feb": "February",
    "mar": "March",
    "apr": "April",
    "jun": "June",
    "jul": "July",
    "aug": "August",
    "sept": "September",
    "sep": "September",
    "oct": "October",
    "nov": "November",
    "dec": "December",
}
"""Said for these with a full stop behind them; ``ONLY_NAMES`` only with a capital in front."""
ONLY_NAMES = frozenset(
    (
        *("mr", "mrs", "ms", "rev", "lt", "ave", "rd", "ln", "sq", "inc", "co", "mon", "tue"),
        *("wed", "thu", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "jun", "jul", "aug"),
        *("sep", "oct", "nov", "dec", "corp", "bros", "jr", "sr", "prof", "capt", "sgt", "fig"),
    )
)
ENDS_SENTENCE = frozenset(("etc", "inc", "ltd", "co", "corp", "ave", "rd", "blvd", "jr", "sr"))
"""After these, a full stop may end the sentence, too."""

DOTTED = {"e.g.": "for example", "i.e.": "that is", "ph.d.": "P.H.D", "a.k.a.": "also known as"}

SHORT = {
    "w/": "with",
    "w/o": "without",
    "b/c": "because",
    "c/o": "care of",
    "n/a": "not applicable",
    "a/c": "A.C",
    "24/7": "twenty four seven",
}

SAID = {
    "wifi": "Wi-Fi",
    "wi-fi": "Wi-Fi",
    "ok": "okay",
    "vs": "versus",
    "etc": "et cetera",
    "iphone": "eye phone",
    "ipad": "eye pad",
    "ebay": "ee bay",
    "btw": "by the way",
    "fyi": "F.Y.I",
    "eg": "for example",
    "mr": "Mister",
    "mrs": "Missus",
    "dr": "Doctor",
}
"""Said for these as they stand, however they are written; see ``ONLY_CAPITAL``."""
ONLY_CAPITAL = frozenset(("mr", "mrs", "dr"))

_LETTERS = """
    AC ADSL AI AOL API APR ATM BBC BMW BT CBD CC CCTV CEO CFO CIO CNN COO CPU CRM CSV CTO CV DC
    DHCP DHL DIY DNA DNS DOB DSL DVD EMI ER ERP ESL ETA ETD EU EV FAQ FBI FCA FDA FTP FYI GDPR GIF
    GMT GP GPS GPU GSM HD HDMI HDTV HMRC HP HQ HR HTML HTTP HTTPS IBAN IBM ID IOS IP IPA IPO IQ IRA
    IRS ISP JFK JSON KPI KYC LA LCD LED LLC LTE MBA MMS MOT MRI MS NBC NFC NFL NHS NYC PA PC PDF
    PGA PHD PII PM PO POS PPI PR PS PSTN QA QC QR RSVP RV SEO SIP SKU SLA SMS SQL SSD SSID SSL SSN
    SUV TBA TBC TBD TLS TV UAE UHD UI UK UN UPC UPS URL USA USB UTC UV UX VAT VC VHS VIP VOD VPN
    VR WC WWW XL XML XXL YTD
"""
LETTERS = frozenset(_LETTERS.split())
"""Said by their letters, though some could be read as words."""
UNLESS_SHOUTED = frozenset(("LA", "MS", "PA", "PO", "AC", "ID", "ER", "HP", "PS", "MOT", "AI"))
"""Of these, the ones that are words where everything around is in capitals, too."""

DIGITAL = (
    *("com", "org", "net", "edu", "gov", "io", "info", "biz", "uk", "de", "fr", "eu", "ca"),
    *("au", "ie", "nz", "dev", "app", "shop", "example", "test"),
)
"""Last parts of addresses by which they are known without a scheme."""

_UNIT_NAMES = """
    km kilometer kilometers cm centimeter centimeters mm millimeter millimeters
    m meter meters ft foot feet yd yard yards mi mile miles sq_ft square_foot square_feet
    m² square_meter square_meters m³ cubic_meter cubic_meters sqm square_meter square_meters
    kg kilogram kilograms g gram grams mg milligram milligrams
    lb pound pounds lbs pound pounds oz ounce ounces
    l liter liters L liter liters ml milliliter milliliters mL milliliter milliliters
    cl centiliter centiliters gal gallon gallons
    km/h kilometer_per_hour kilometers_per_hour kph kilometer_per_hour kilometers_per_hour
    mph mile_per_hour miles_per_hour
    Hz hertz hertz kHz kilohertz kilohertz MHz megahertz megahertz GHz gigahertz gigahertz
    KB kilobyte kilobytes kB kilobyte kilobytes MB megabyte megabytes GB gigabyte gigabytes
    TB terabyte terabytes MB/s megabyte_per_second megabytes_per_second
    Kbps kilobit_per_second kilobits_per_second Mbps megabit_per_second megabits_per_second
    Mbit/s megabit_per_second megabits_per_second Gbps gigabit_per_second gigabits_per_second
    h hour hours hr hour hours hrs hour hours min minute minutes mins minute minutes
    sec second seconds secs second seconds s second seconds ms millisecond milliseconds
    wk week weeks wks week weeks yr year years yrs year years
    V volt volts W watt watts kW kilowatt kilowatts kWh kilowatt_hour kilowatt_hours
    mAh milliamp_hour milliamp_hours dB decibel decibels px pixel pixels
    fps frame_per_second frames_per_second
    °C degree_Celsius degrees_Celsius ℃ degree_Celsius degrees_Celsius
    °F degree_Fahrenheit degrees_Fahrenheit ° degree degrees % percent percent
    ¢ cent cents p penny pence x time times USD dollar dollars EUR euro euros GBP pound pounds
"""
_UNITS = _UNIT_NAMES.split()
UNITS = {
    unit.replace("_", " "): (one.replace("_", " "), many.replace("_", " "))
    for unit, one, many in zip(_UNITS[::3], _UNITS[1::3], _UNITS[2::3], strict=True)
}
"""One and many of each unit, by its sign."""
ATTACHED = frozenset(("p", "x"))
"""Units only where they stand right behind the number."""
APART = frozenset(("s", "g"))
"""Units only where a space is between: "1990s", and "5g" for "5G"."""

CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
}
SCALES = {"k": "thousand", "m": "million", "b": "billion", "bn": "billion"}

SIGNS = {
    "&": "and",
    "+": "plus",
    "=": "equals",
    "@": "at",
    "%": "percent",
    "°": "degrees",
    "\u00d7": "times",
    "÷": "divided by",
    "±": "plus or minus",
    "§": "section",
    "½": "one half",
    "¼": "one quarter",
    "¾": "three quarters",
    "⅓": "one third",
    "⅔": "two thirds",
    "⅛": "one eighth",
    "²": "squared",
    "³": "cubed",
    "µ": "micro",
    "Ω": "ohms",
    "№": "number",
    "¢": "cents",
    "∞": "infinity",
    "≈": "about",
    "≤": "at most",
    "≥": "at least",
    "→": "to",
    **{sign: names[1] for sign, names in CURRENCIES.items()},
}
