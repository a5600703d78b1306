"""What is reported in the demo: invented, believable, in three languages, each with a second caller's words. Pure data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """One kind of thing that happens.

    `tellings` are (language, first reporter's words, a second reporter's words); `closings` are (disposition code,
    closing words); `hours` are relative weights of night (0-6), morning (6-12), afternoon (12-18) and evening (18-24).
    """

    type: str
    weight: float
    hours: tuple[float, float, float, float]
    place: str  # kind of place: address, poi or crossing
    tellings: tuple[tuple[str, str, str], ...]
    closings: tuple[tuple[str, str], ...]


DAY = (0.2, 1.0, 1.2, 0.7)
EVENING = (0.9, 0.2, 0.6, 1.6)
ALWAYS = (0.6, 0.9, 1.1, 1.2)

STORIES = (
    Story("noise", 10, (1.6, 0.2, 0.4, 1.5), "address",
          (("en", "Loud music from the second floor since about an hour, windows open.",
            "Bass through the wall, cannot sleep. Second floor I think."),
           ("fi", "Kova musiikki naapurista, ikkunat auki, lapset eivät saa unta.",
            "Naapurissa juhlat, basso kuuluu seinän läpi."),
           ("zh", "楼上音乐声很大，已经一个多小时了。", "二楼很吵，窗户开着，睡不着。"),
           ("en", "Drilling in the courtyard, no notice in the stairwell.", "Somebody is drilling in the yard again.")),
          (("02", "Spoke to the host; music down, windows shut."), ("05", "Quiet on arrival, stayed ten minutes."),
           ("06", "Nobody there, yard quiet."))),
    Story("dispute", 6, ALWAYS, "address",
          (("en", "Two neighbours shouting in the stairwell over a pram that blocks the door.",
            "People arguing loudly on the stairs, third floor."),
           ("zh", "两个邻居因为门口堆放的东西吵起来了，声音很大。", "楼道里有人吵架，请来看看。"),
           ("fi", "Kaksi asukasta riitelee pyörien säilytyksestä porttikäytävässä.",
            "Porttikongissa huudetaan pyöristä.")),
          (("03", "Heard both sides. Agreed: pram in the storage room from today."),
           ("03", "Both calmed down and shook hands; caretaker will mark the places."),
           ("02", "Explained the house rules; no one wants a report."))),
    Story("domestic", 2, EVENING, "address",
          (("en", "Shouting and something breaking in the flat below, a child is crying.",
            "Sounds of a fight one floor down, worried about the child."),
           ("en", "Argument next door has gone on for half an hour and gets louder.", "Screaming from the next flat.")),
          (("01", "Parties separated, one stays with relatives tonight. Report taken, support offered."),
           ("02", "Argument over, both calm, child well. Left the number of the family line."))),
    Story("lost_property", 6, DAY, "poi",
          (("en", "Left a grey backpack under the bench, laptop inside.", "There is a grey backpack by the bench."),
           ("zh", "一个黑色钱包忘在柜台上，里面有证件。", "柜台上有人落下一个黑色钱包。"),
           ("fi", "Avainnippu hukassa, punainen nauha, viimeksi kassalla.", "Kassalta löytyi avainnippu, punainen nauha.")),
          (("04", "Found at the counter, handed over against the description."), ("01", "Not found, entered in the list."),
           ("04", "Owner came back while we were there."))),
    Story("found_property", 4, DAY, "poi",
          (("en", "A passer-by handed in a phone with a cracked screen.", "Someone left a phone here."),
           ("fi", "Asiakas toi lompakon, ei henkilöpapereita.", "Täällä on löytölompakko.")),
          (("01", "Receipt given, item bagged and listed."), ("04", "Owner rang the phone; collected at the post."))),
    Story("assist_resident", 6, ALWAYS, "address",
          (("en", "Elderly resident locked out, medication inside, no relative in town.",
            "My neighbour sits on the stairs, locked out."),
           ("zh", "老人买菜回来提不动，电梯坏了，请帮忙送上楼。", "一位老人坐在楼下，需要帮忙。"),
           ("en", "Tourist family cannot find their lodging, small child is cold.", "A family with luggage looks lost.")),
          (("05", "Caretaker opened; resident safe at home."), ("05", "Walked with them to the door."),
           ("09", "Handed over to the social duty worker."))),
    Story("welfare_check", 3, DAY, "address",
          (("en", "Neighbour of 82 has not opened for two days, post in the slot.", "Nobody answers at the old gentleman's."),
           ("fi", "Äiti ei vastaa puhelimeen eilisestä, asuu yksin.", "Naapuria ei ole nähty kahteen päivään.")),
          (("05", "At home and well; telephone was off the hook."), ("09", "Unwell, handed to the ambulance crew."))),
    Story("ebike_theft", 6, DAY, "poi",
          (("en", "E-bike gone from the rack, lock cut. Black frame, rear battery.", "Saw a cut lock lying by the bike rack."),
           ("zh", "停在门口的电动车被偷了，锁被剪断。", "门口有一把剪断的车锁。"),
           ("en", "Battery taken out of my e-bike while I was shopping.", "Two bikes here with empty battery trays.")),
          (("01", "Serial number taken, report filed, pictures from the owner."),
           ("01", "Owner had no serial; shown how to register. Report filed."), ("07", "Bike found one rack further."))),
    Story("theft", 5, DAY, "poi",
          (("en", "Shop: somebody walked out with two bottles, left towards the square.", "A man ran out of the shop with bottles."),
           ("fi", "Kännykkä viety pöydältä terassilta.", "Terassilla asiakkaalta vietiin puhelin."),
           ("en", "Bag taken from the back of a chair in the café.", "Guest's handbag is gone from the chair.")),
          (("01", "Statement taken, camera footage asked for."), ("06", "Gone on arrival, searched two blocks."),
           ("03", "Goods paid for, shop does not press it."))),
    Story("hazard", 5, ALWAYS, "crossing",
          (("en", "Manhole cover lifted, wheel could drop in.", "Open manhole in the right lane, be careful."),
           ("en", "Street light hangs from its wire over the crossing.", "Lamp is about to fall on the crossing."),
           ("zh", "路口有碎玻璃，骑车的人很危险。", "路口地上全是玻璃。"),
           ("fi", "Katolta putoaa jäätä jalkakäytävälle.", "Jäätä tippuu katolta, aluetta ei ole suljettu.")),
          (("09", "Cordoned with tape, city maintenance told; they come within the hour."),
           ("05", "Swept to the side, safe."), ("05", "Cover put back."))),
    Story("traffic_obstruction", 6, DAY, "crossing",
          (("en", "Delivery van stands across the tram track, driver not there.", "Tram cannot pass, van in the way."),
           ("fi", "Auto pysäköity suojatien päälle, lastenvaunut eivät mahdu.", "Suojatie tukossa, valkoinen farmari."),
           ("en", "E-scooters thrown over the whole pavement.", "Pavement blocked by scooters.")),
          (("02", "Driver came back and moved it; advised."), ("05", "Scooters stood to the side."),
           ("01", "Ticket written, towing ordered."))),
    Story("traffic_collision", 3, DAY, "crossing",
          (("en", "Cyclist and car touched at the lights, nobody hurt badly, they argue.", "Bike down at the crossing, driver got out."),
           ("zh", "路口电动车和汽车擦碰，人没事，在争执。", "路口发生小碰撞，堵车了。")),
          (("01", "Both statements and pictures taken, no one hurt."), ("03", "Settled between them, details exchanged."))),
    Story("suspicious", 4, EVENING, "address",
          (("en", "Somebody tries the doors of parked cars along the street.", "Person going from car to car with a torch."),
           ("fi", "Pihalla liikkuu joku taskulampun kanssa, kokeilee ovia.", "Valo liikkuu pihavarastossa.")),
          (("06", "Area searched, nobody found, two doors shut."), ("07", "Electrician on call, has an order."))),
    Story("intoxicated", 5, (1.4, 0.2, 0.5, 1.5), "poi",
          (("en", "Man asleep in the doorway, breathes, does not answer.", "Somebody lies by the entrance."),
           ("fi", "Päihtynyt häiritsee asiakkaita ovella.", "Ovella humalainen, ei päästä asiakkaita sisään.")),
          (("09", "Awake and steady; handed to the outreach team."), ("02", "Walked off when asked, calm."),
           ("05", "Put in a taxi home by his friends."))),
    Story("nuisance", 4, EVENING, "poi",
          (("en", "Group of teenagers kicks bottles about in the passage.", "Glass breaking in the passage, kids shouting."),
           ("zh", "有人在广场放鞭炮，吓到小孩。", "广场上有人乱放烟花。"),
           ("en", "Street musician with a loud amplifier in front of the library.", "The amplifier is far too loud.")),
          (("02", "Spoke to them, they cleared up and moved on."), ("06", "Gone on arrival."))),
    Story("vandalism", 2, EVENING, "address",
          (("en", "Fresh paint on the front door and the letter boxes.", "They sprayed our door just now."),
           ("fi", "Bussipysäkin lasi rikottu.", "Pysäkin lasit pitkin katua.")),
          (("01", "Pictures taken, report filed, owner told."), ("06", "Nobody there, pictures taken."))),
    Story("fire_hazard", 2, ALWAYS, "address",
          (("en", "E-bike charging in the stairwell, the battery is hot and smells.", "Burnt smell from a battery on the stairs."),
           ("zh", "楼道里有人给电动车充电，电池发烫。", "楼道有电动车充电，有糊味。")),
          (("05", "Unplugged, battery carried outside. Owner told of the charging cabinet."),
           ("09", "Handed to the fire service."))),
    Story("missing_person", 1, DAY, "poi",
          (("en", "Boy of six lost in the shop, red jacket, speaks Swedish.", "A small boy in red stands alone outside."),
           ("zh", "老父亲散步没回来，穿蓝色外套，有些健忘。", "有位穿蓝外套的老人好像迷路了。")),
          (("04", "Found two streets on, back with the family."), ("05", "Was waiting at the agreed place."))),
    Story("animal", 2, DAY, "poi",
          (("en", "Dog tied to the rail since the morning, no water.", "Dog barking at the rail all day."),
           ("fi", "Siipirikko lokki ajotiellä.", "Lintu keskellä katua, autot väistävät.")),
          (("05", "Owner came, advised."), ("09", "Handed to the animal rescue."))),
    Story("fraud", 2, DAY, "address",
          (("en", "Caller said he was from the bank and asked for codes; gave two.", "My mother gave her codes on the telephone."),
           ("zh", "有人冒充银行打电话要验证码。", "邻居接到诈骗电话。")),
          (("01", "Bank called, cards closed. Report taken."), ("02", "No loss. Showed how such calls go."))),
)

SOURCES = (("call", 62.0), ("walk_in", 9.0), ("officer", 14.0), ("public", 11.0), ("sensor", 4.0))
POST_TYPES = ("lost_property", "found_property", "assist_resident", "ebike_theft")  # what people bring to a post

CALLERS = {
    "en": ("Test caller Amber", "Test caller Birch", "Test caller Clover", "Test caller Dale"),
    "fi": ("Koesoittaja Koivu", "Koesoittaja Leppä", "Koesoittaja Mänty", "Koesoittaja Tammi"),
    "zh": ("演示来电 甲", "演示来电 乙", "演示来电 丙", "演示来电 丁"),
}
PHONE = "+358 00 000 {:04d}"  # no such numbers exist

NOTES = (
    "Caller rings again, still going on.",
    "Reporter waits at the front door.",
    "Second entrance is from the yard.",
    "Spoke to a witness, no more known.",
    "来电人说在一楼大厅等。",
)

# Share of a day's reports in each hour, local time: quiet before dawn, a plateau by day, highest in the evening.
BY_HOUR = (3.1, 2.4, 1.9, 1.5, 1.2, 1.2, 1.7, 2.7, 3.8, 4.3, 4.6, 4.9,
           5.1, 5.1, 5.2, 5.5, 5.7, 5.9, 5.8, 5.7, 5.5, 5.4, 5.1, 4.2)
