//! Names of families from South Asia.
//! A table and nothing else.

use super::{Origin, Writing, families, names};

pub(super) const HINDI: Origin = Origin {
    writing: Writing::GivenFamily, middle: 20, doubled: 2, joint: "-",
    families: families![
        "Sharma" = "शर्मा", "Agarwal" = "अग्रवाल", "Bhatnagar" = "भटनागर", "Chauhan" = "चौहान", "Gupta" = "गुप्ता", "Joshi" = "जोशी",
        "Kulkarni" = "कुलकर्णी", "Mishra" = "मिश्रा", "Pandey" = "पाण्डेय", "Rathore" = "राठौर", "Saxena" = "सक्सेना", "Tripathi" = "त्रिपाठी",
        "Verma" = "वर्मा", "Yadav" = "यादव",
    ],
    girls: names![
        "Aditi" = "अदिति", "Ananya" = "अनन्या", "Deepika" = "दीपिका", "Ishita" = "इशिता", "Kavya" = "काव्या", "Meera" = "मीरा",
        "Pooja" = "पूजा", "Riya" = "रिया", "Saanvi" = "सान्वी", "Sunita" = "सुनीता", "Tanvi" = "तन्वी", "Vidya" = "विद्या",
    ],
    boys: names![
        "Aarav" = "आरव", "Arjun" = "अर्जुन", "Dev" = "देव", "Gaurav" = "गौरव", "Ishaan" = "ईशान", "Karan" = "करण",
        "Manoj" = "मनोज", "Nikhil" = "निखिल", "Rohan" = "रोहन", "Sanjay" = "संजय", "Vikram" = "विक्रम", "Vivaan" = "विवान",
    ],
};

pub(super) const BENGALI: Origin = Origin {
    writing: Writing::GivenFamily, middle: 15, doubled: 3, joint: " ",
    families: families![
        "Chatterjee" = "চ্যাটার্জী", "Banerjee" = "ব্যানার্জী", "Bhattacharya" = "ভট্টাচার্য", "Das" = "দাস", "Ghosh" = "ঘোষ", "Islam" = "ইসলাম",
        "Mukherjee" = "মুখার্জী", "Rahman" = "রহমান", "Roy Chowdhury" = "রায় চৌধুরী", "Sarkar" = "সরকার",
    ],
    girls: names![
        "Aparna" = "অপর্ণা", "Jhumpa" = "ঝুম্পা", "Mitali" = "মিতালি", "Nusrat" = "নুসরাত", "Paramita" = "পারমিতা",
        "Ritu" = "ঋতু", "Sharmila" = "শর্মিলা", "Sumana" = "সুমনা", "Tanima" = "তনিমা", "Urmi" = "ঊর্মি",
    ],
    boys: names![
        "Anirban" = "অনির্বাণ", "Arnab" = "অর্ণব", "Debashish" = "দেবাশীষ", "Imran" = "ইমরান", "Kaushik" = "কৌশিক",
        "Nirmal" = "নির্মল", "Prosenjit" = "প্রসেনজিৎ", "Rafiq" = "রফিক", "Soumik" = "সৌমিক", "Subrata" = "সুব্রত",
    ],
};

pub(super) const TAMIL: Origin = Origin {
    writing: Writing::GivenFamily, middle: 5, doubled: 0, joint: " ",
    families: families![
        "Subramaniam" = "சுப்பிரமணியம்", "Arunachalam" = "அருணாசலம்", "Chidambaram" = "சிதம்பரம்", "Ganesan" = "கணேசன்", "Krishnan" = "கிருஷ்ணன்",
        "Murugesan" = "முருகேசன்", "Natarajan" = "நடராஜன்", "Ramanathan" = "ராமநாதன்", "Selvaraj" = "செல்வராஜ்", "Thirunavukkarasu" = "திருநாவுக்கரசு",
    ],
    girls: names![
        "Kavitha" = "கவிதா", "Anjali" = "அஞ்சலி", "Deepa" = "தீபா", "Ezhil" = "எழில்", "Kayalvizhi" = "கயல்விழி", "Lakshmi" = "லட்சுமி",
        "Malar" = "மலர்", "Nila" = "நிலா", "Tamilselvi" = "தமிழ்செல்வி", "Yazhini" = "யாழினி",
    ],
    boys: names![
        "Arul" = "அருள்", "Bala" = "பாலா", "Ilango" = "இளங்கோ", "Kannan" = "கண்ணன்", "Karthik" = "கார்த்திக்", "Mani" = "மணி",
        "Prakash" = "பிரகாஷ்", "Saravanan" = "சரவணன்", "Senthil" = "செந்தில்", "Velu" = "வேலு",
    ],
};

pub(super) const GOAN: Origin = Origin {
    writing: Writing::Latin, middle: 45, doubled: 3, joint: "-",
    families: families!["D'Souza", "D'Mello", "D’Cunha", "Fernandes", "Kurian", "Lobo", "Mascarenhas", "Pereira", "Pinto", "Thekkekara"],
    girls: names!["Anitha", "Celestina", "Fatima Rose", "Leena", "Melanie", "Philomena", "Sharon", "Sweta", "Teresa", "Zita"],
    boys: names!["Agnelo", "Brian", "Cyril", "Joby", "Kevin", "Melvin", "Neil", "Rajan", "Savio", "Wilfred"],
};
