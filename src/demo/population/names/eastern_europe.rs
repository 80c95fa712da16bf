//! Names of families from the east of Europe and the Caucasus.
//! A table and nothing else.

use super::{Origin, Writing, families, names};

pub(super) const CZECH: Origin = Origin {
    writing: Writing::Latin, middle: 20, doubled: 4, joint: "-",
    families: families![
        "Dvořák" / "Dvořáková", "Šťastný" / "Šťastná", "Černý" / "Černá", "Horáček" / "Horáčková", "Němec" / "Němcová",
        "Růžička" / "Růžičková", "Křížek" / "Křížková", "Žáček" / "Žáčková", "Ďurica" / "Ďuricová", "Jirků",
    ],
    girls: names!["Tereza", "Anežka", "Barbora", "Eliška", "Jiřina", "Kateřina", "Ľudmila", "Markéta", "Šárka", "Zdeňka"],
    boys: names!["Bořivoj", "Daniel", "Jiří", "Kryštof", "Lukáš", "Matěj", "Ondřej", "Přemysl", "Štěpán", "Vojtěch"],
};

pub(super) const POLISH: Origin = Origin {
    writing: Writing::Latin, middle: 40, doubled: 8, joint: "-",
    families: families![
        "Szczebrzeszyński" / "Szczebrzeszyńska", "Dąbrowski" / "Dąbrowska", "Gołębiowski" / "Gołębiowska", "Jabłoński" / "Jabłońska",
        "Kowalczyk", "Łukasik", "Nowicki" / "Nowicka", "Pająk", "Szczęsny" / "Szczęsna", "Wójcik", "Żurawski" / "Żurawska", "Ćwikła",
    ],
    girls: names!["Agnieszka", "Bożena", "Grażyna", "Jadwiga", "Kinga", "Łucja", "Małgorzata", "Oliwia", "Świętosława", "Zofia"],
    boys: names!["Błażej", "Jędrzej", "Kacper", "Łukasz", "Michał", "Paweł", "Przemysław", "Sławomir", "Wojciech", "Zdzisław"],
};

pub(super) const HUNGARIAN: Origin = Origin {
    writing: Writing::Latin, middle: 20, doubled: 4, joint: "-",
    families: families!["Csonka", "Dömötör", "Erdős", "Gyöngyösi", "Kőműves", "Molnár", "Nyírő", "Sárközy", "Szűcs", "Tóth"],
    girls: names!["Ágota", "Boglárka", "Csilla", "Emőke", "Gyöngyi", "Ilona", "Kinga", "Réka", "Tünde", "Zsófia"],
    boys: names!["Ákos", "Balázs", "Csongor", "Előd", "Gergő", "Győző", "Levente", "Máté", "Örs", "Zsolt"],
};

pub(super) const ROMANIAN: Origin = Origin {
    writing: Writing::Latin, middle: 40, doubled: 3, joint: "-",
    families: families!["Bălan", "Ciobanu", "Dănilă", "Iliescu-Vâlcea", "Lăcătuș", "Mureșan", "Pârvu", "Rusu", "Țepeluș", "Vâlcu"],
    girls: names!["Anca", "Brândușa", "Crenguța", "Ileana", "Ioana", "Luminița", "Mălina", "Raluca", "Ștefania", "Viorica"],
    boys: names!["Alin", "Bogdan", "Călin", "Dragoș", "Ionuț", "Mircea", "Răzvan", "Sorin", "Ștefan", "Vlăduț"],
};

pub(super) const UKRAINIAN: Origin = Origin {
    writing: Writing::GivenFamily, middle: 10, doubled: 3, joint: "-",
    families: families![
        "Kovalenko" = "Коваленко", "Bondarenko" = "Бондаренко", "Hrytsenko" = "Гриценко", "Marchuk" = "Марчук", "Yatsenko" = "Яценко",
        "Lysenko" = "Лисенко", "Savchuk" = "Савчук", "Petrov" = "Петров" / "Petrova" = "Петрова",
        "Orlov" = "Орлов" / "Orlova" = "Орлова", "Levytskyi" = "Левицький" / "Levytska" = "Левицька",
        "Zelinskyi" = "Зелінський" / "Zelinska" = "Зелінська",
    ],
    girls: names![
        "Oksana" = "Оксана", "Daryna" = "Дарина", "Halyna" = "Галина", "Iryna" = "Ірина", "Kateryna" = "Катерина",
        "Mariia" = "Марія", "Nadiia" = "Надія", "Olena" = "Олена", "Solomiia" = "Соломія", "Yuliia" = "Юлія",
    ],
    boys: names![
        "Dmytro" = "Дмитро", "Andrii" = "Андрій", "Bohdan" = "Богдан", "Ivan" = "Іван", "Mykola" = "Микола",
        "Oleksandr" = "Олександр", "Pavlo" = "Павло", "Serhii" = "Сергій", "Taras" = "Тарас", "Yevhen" = "Євген",
    ],
};

pub(super) const SERBIAN: Origin = Origin {
    writing: Writing::GivenFamily, middle: 10, doubled: 4, joint: "-",
    families: families![
        "Petrović" = "Петровић", "Đurđević" = "Ђурђевић", "Jovanović" = "Јовановић", "Kostić" = "Костић", "Marković" = "Марковић",
        "Nikolić" = "Николић", "Stojanović" = "Стојановић", "Vučković" = "Вучковић", "Živković" = "Живковић", "Šarić" = "Шарић",
    ],
    girls: names![
        "Dragana" = "Драгана", "Đurđa" = "Ђурђа", "Jelena" = "Јелена", "Ljiljana" = "Љиљана", "Milica" = "Милица",
        "Nataša" = "Наташа", "Snežana" = "Снежана", "Vesna" = "Весна",
    ],
    boys: names![
        "Miloš" = "Милош", "Boško" = "Бошко", "Dušan" = "Душан", "Goran" = "Горан", "Nemanja" = "Немања",
        "Radovan" = "Радован", "Uroš" = "Урош", "Željko" = "Жељко",
    ],
};

pub(super) const GEORGIAN: Origin = Origin {
    writing: Writing::GivenFamily, middle: 0, doubled: 0, joint: "-",
    families: families![
        "Gelashvili" = "გელაშვილი", "Beridze" = "ბერიძე", "Kapanadze" = "კაპანაძე", "Lomidze" = "ლომიძე", "Maisuradze" = "მაისურაძე",
        "Kiknadze" = "კიკნაძე", "Tsiklauri" = "წიკლაური", "Chkheidze" = "ჩხეიძე", "Giorgadze" = "გიორგაძე", "Abashidze" = "აბაშიძე",
    ],
    girls: names![
        "Nino" = "ნინო", "Ana" = "ანა", "Eka" = "ეკა", "Ketevan" = "ქეთევანი", "Lali" = "ლალი", "Mariam" = "მარიამი",
        "Natela" = "ნათელა", "Salome" = "სალომე", "Tamar" = "თამარი", "Tinatin" = "თინათინი",
    ],
    boys: names![
        "Giorgi" = "გიორგი", "Davit" = "დავითი", "Irakli" = "ირაკლი", "Lasha" = "ლაშა", "Levan" = "ლევანი", "Luka" = "ლუკა",
        "Nika" = "ნიკა", "Otar" = "ოთარი", "Vakhtang" = "ვახტანგი", "Zurab" = "ზურაბი",
    ],
};

pub(super) const ARMENIAN: Origin = Origin {
    writing: Writing::GivenFamily, middle: 5, doubled: 0, joint: "-",
    families: families![
        "Hakobyan" = "Հակոբյան", "Avetisyan" = "Ավետիսյան", "Grigoryan" = "Գրիգորյան", "Harutyunyan" = "Հարությունյան",
        "Karapetyan" = "Կարապետյան", "Manukyan" = "Մանուկյան", "Petrosyan" = "Պետրոսյան", "Sargsyan" = "Սարգսյան",
        "Ter-Minasyan" = "Տեր-Մինասյան", "Vardanyan" = "Վարդանյան",
    ],
    girls: names![
        "Ani" = "Անի", "Anahit" = "Անահիտ", "Astghik" = "Աստղիկ", "Gayane" = "Գայանե", "Hasmik" = "Հասմիկ", "Lilit" = "Լիլիթ",
        "Mane" = "Մանե", "Nare" = "Նարե", "Siranush" = "Սիրանուշ", "Tatevik" = "Տաթևիկ",
    ],
    boys: names![
        "Aram" = "Արամ", "Armen" = "Արմեն", "Artur" = "Արթուր", "Davit" = "Դավիթ", "Gor" = "Գոռ", "Hayk" = "Հայկ",
        "Narek" = "Նարեկ", "Sargis" = "Սարգիս", "Tigran" = "Տիգրան", "Vahan" = "Վահան",
    ],
};
