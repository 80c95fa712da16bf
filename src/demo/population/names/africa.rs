//! Names of families from Africa.
//! A table and nothing else.

use super::{Origin, Writing, families, names};

pub(super) const IGBO: Origin = Origin {
    writing: Writing::Latin, middle: 75, doubled: 4, joint: "-",
    families: families![
        "Okonkwo", "Okafor", "Anyanwu", "Chukwuemeka", "Ezeudu", "Ifeanyichukwu", "Madueke", "Nwachukwu", "Nwosu", "Obi", "Onyekachi", "Uzoma",
    ],
    girls: names![
        "Adaeze", "Amara", "Chiamaka", "Chidinma", "Ebele", "Ifeoma", "Kosisochukwu", "Ngozi", "Nkechi", "Oluchi", "Uchenna", "Ụzọamaka",
    ],
    boys: names![
        "Chidi", "Chinedu", "Emeka", "Ikenna", "Kelechi", "Nnamdi", "Obinna", "Okechukwu", "Somtochukwu", "Tobenna", "Uche", "Zikora",
    ],
};

pub(super) const YORUBA: Origin = Origin {
    writing: Writing::Latin, middle: 65, doubled: 6, joint: "-",
    families: families![
        "Adébáyọ̀", "Adeyemi", "Afọlábí", "Akinwande", "Balogun", "Fálétí", "Ògúnbíyìí", "Ọláníyan", "Oyelaran", "Ṣówándé",
    ],
    girls: names!["Àdùkẹ́", "Bísí", "Fọláṣadé", "Ìyábọ̀", "Mojísọ́lá", "Morẹ́nikẹ́", "Títílayọ̀", "Yétúndé", "Simisola", "Ẹniọlá"],
    boys: names!["Adéwálé", "Ayọ̀délé", "Babátúndé", "Dàpọ̀", "Fẹ́mi", "Kọ́lá", "Olúmidé", "Ṣẹ́gun", "Tádé", "Túnjí"],
};

pub(super) const AKAN: Origin = Origin {
    writing: Writing::Latin, middle: 55, doubled: 12, joint: "-",
    families: families!["Agyeman", "Ampofo", "Asante", "Boateng", "Darko", "Mensah", "Ofori", "Owusu", "Quaye", "Tetteh", "Ɔkyere"],
    girls: names!["Abena", "Adwoa", "Afia", "Akosua", "Ama", "Efua", "Esi", "Maame Serwaa", "Nana Yaa", "Ɛsɛ"],
    boys: names!["Ebo", "Kofi", "Kojo", "Kwabena", "Kwaku", "Kwame", "Kwesi", "Nana Kwadwo", "Yaw", "Fiifi"],
};

pub(super) const NGUNI: Origin = Origin {
    writing: Writing::Latin, middle: 40, doubled: 12, joint: "-",
    families: families!["Cele", "Dlamini", "Gqirana", "Khumalo", "Mbeki-Ndlovu", "Mkhize", "Mthethwa", "Ndlovu", "Nkosi", "Sithole", "Xaba", "Zulu"],
    girls: names!["Ayanda", "Lindiwe", "Nomthandazo", "Nokuthula", "Ntombizodwa", "Qhawekazi", "Thandolwethu", "Thembi", "Zanele", "Xoliswa"],
    boys: names!["Bongani", "Jabulani", "Lwazi", "Mandla", "Mthunzi", "Nkosinathi", "Sibusiso", "Siyabonga", "Themba", "Vusumuzi"],
};

pub(super) const SWAHILI: Origin = Origin {
    writing: Writing::Latin, middle: 50, doubled: 2, joint: "-",
    families: families!["Abdi", "Cheruiyot", "Hussein", "Kamau", "Kiprotich", "Mwangi", "Mwinyi", "Ng’ang’a", "Njoroge", "Ochieng’", "Otieno", "Warsame"],
    girls: names!["Achieng", "Asha", "Fadumo", "Halima", "Hodan", "Nyambura", "Rehema", "Wanjikũ", "Zawadi", "Zuhura"],
    boys: names!["Abdirahman", "Baraka", "Faraji", "Idris", "Juma", "Kipchumba", "Mũturi", "Ng’eno", "Odhiambo", "Salim"],
};

pub(super) const AMHARIC: Origin = Origin {
    writing: Writing::GivenFamily, middle: 0, doubled: 0, joint: " ",
    families: families![
        "Abebe" = "አበበ", "Alemu" = "አለሙ", "Bekele" = "በቀለ", "Desta" = "ደስታ", "Gebre Mariam" = "ገብረ ማርያም", "Haile" = "ኃይለ",
        "Kebede" = "ከበደ", "Mengistu" = "መንግስቱ", "Tadesse" = "ታደሰ", "Tesfaye" = "ተስፋዬ", "Wolde Giorgis" = "ወልደ ጊዮርጊስ", "Worku" = "ወርቁ",
    ],
    girls: names![
        "Selam" = "ሰላም", "Aster" = "አስቴር", "Bethlehem" = "ቤተልሔም", "Genet" = "ገነት", "Hirut" = "ሂሩት", "Meseret" = "መሰረት",
        "Rahel" = "ራሔል", "Tigist" = "ትዕግስት", "Tsehay" = "ፀሐይ", "Yodit" = "ዮዲት",
    ],
    boys: names![
        "Abel" = "አቤል", "Berhanu" = "ብርሃኑ", "Dawit" = "ዳዊት", "Ermias" = "ኤርምያስ", "Fikru" = "ፍቅሩ", "Getachew" = "ጌታቸው",
        "Henok" = "ሄኖክ", "Kidus" = "ቅዱስ", "Solomon" = "ሰለሞን", "Yonas" = "ዮናስ",
    ],
};
