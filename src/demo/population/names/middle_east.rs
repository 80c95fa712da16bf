//! Names of families from the Middle East.
//! A table and nothing else.

use super::{Origin, Writing, families, names};

pub(super) const ARABIC: Origin = Origin {
    writing: Writing::GivenFamily, middle: 25, doubled: 0, joint: " ",
    families: families![
        "Al-Mansouri" = "المنصوري", "Al-Khatib" = "الخطيب", "Abdel Rahman" = "عبد الرحمن", "Abu Zayd" = "أبو زيد", "Ben Youssef" = "بن يوسف",
        "El Amrani" = "العمراني", "Haddad" = "حداد", "Khoury" = "خوري", "Najjar" = "نجار", "Qureshi" = "قريشي",
        "Sabbagh" = "صباغ", "Shahin" = "شاهين", "al-Tamimi" = "التميمي", "Zahran" = "زهران",
    ],
    girls: names![
        "Layla" = "ليلى", "Amal" = "أمل", "Aya" = "آية", "Dalal" = "دلال", "Fatima" = "فاطمة", "Hala" = "هالة", "Maryam" = "مريم",
        "Noura" = "نورة", "Rania" = "رانيا", "Salma" = "سلمى", "Yasmin" = "ياسمين", "Zaynab" = "زينب",
    ],
    boys: names![
        "Abdullah" = "عبد الله", "Ahmad" = "أحمد", "Bilal" = "بلال", "Faris" = "فارس", "Hassan" = "حسن", "Ibrahim" = "إبراهيم",
        "Karim" = "كريم", "Khalid" = "خالد", "Nour el-Din" = "نور الدين", "Omar" = "عمر", "Tariq" = "طارق", "Yusuf" = "يوسف",
    ],
};

pub(super) const PERSIAN: Origin = Origin {
    writing: Writing::GivenFamily, middle: 5, doubled: 0, joint: " ",
    families: families![
        "Farahani" = "فراهانی", "Golzari" = "گلزاری", "Jahanbakhsh" = "جهانبخش", "Kermani" = "کرمانی", "Mohammadzadeh" = "محمدزاده",
        "Pourghasemi" = "پورقاسمی", "Rostami" = "رستمی", "Shirazi" = "شیرازی", "Tehrani" = "تهرانی", "Zandi" = "زندی",
    ],
    girls: names![
        "Anahita" = "آناهیتا", "Bahar" = "بهار", "Golnaz" = "گلناز", "Laleh" = "لاله", "Mahsa" = "مهسا", "Parisa" = "پریسا",
        "Roya" = "رویا", "Shirin" = "شیرین",
    ],
    boys: names![
        "Arash" = "آرش", "Behrouz" = "بهروز", "Dariush" = "داریوش", "Farhad" = "فرهاد", "Kaveh" = "کاوه", "Mehrdad" = "مهرداد",
        "Navid" = "نوید", "Siavash" = "سیاوش",
    ],
};

pub(super) const HEBREW: Origin = Origin {
    writing: Writing::GivenFamily, middle: 20, doubled: 6, joint: "-",
    families: families![
        "Ben-David" = "בן־דוד", "Bar-Lev" = "בר־לב", "Avrahami" = "אברהמי", "Biton" = "ביטון", "Dayan" = "דיין", "Friedman" = "פרידמן",
        "Golan" = "גולן", "Katz" = "כץ", "Mizrahi" = "מזרחי", "Peretz" = "פרץ", "Shapira" = "שפירא", "Tzur" = "צור",
    ],
    girls: names![
        "Noa" = "נועה", "Adi" = "עדי", "Ayelet" = "איילת", "Chava" = "חוה", "Maya" = "מאיה", "Rivka" = "רבקה", "Shira" = "שירה",
        "Tal" = "טל", "Tamar" = "תמר", "Yael" = "יעל",
    ],
    boys: names![
        "Amit" = "עמית", "Ariel" = "אריאל", "Chaim" = "חיים", "Eitan" = "איתן", "Itai" = "איתי", "Moshe" = "משה", "Nadav" = "נדב",
        "Or" = "אור", "Yonatan" = "יונתן", "Yosef" = "יוסף",
    ],
};

pub(super) const TURKISH: Origin = Origin {
    writing: Writing::Latin, middle: 30, doubled: 3, joint: " ",
    families: families![
        "Yılmaz", "Çelik", "Aydın", "Doğan", "Güneş", "İnce", "Karagöz", "Koçyiğit", "Özdemir", "Şahin", "Tunç", "Ünal", "Yıldırım",
    ],
    girls: names!["Işıl", "Ayşe", "Çiğdem", "Elif", "Gülşen", "İpek", "Nilüfer", "Özge", "Şule", "Zeynep"],
    boys: names!["Barış", "Çağlar", "Emre", "Gökhan", "İlker", "Kağan", "Oğuz", "Ömer", "Şükrü", "Yiğit"],
};
