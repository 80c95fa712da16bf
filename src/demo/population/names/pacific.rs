//! Names of families from the islands of the Pacific and from the first nations of America.
//! A table and nothing else.

use super::{Origin, Writing, families, names};

pub(super) const FILIPINO: Origin = Origin {
    writing: Writing::Latin, middle: 55, doubled: 6, joint: "-",
    families: families![
        "Bautista", "Cayabyab", "de Guzman", "Dela Cruz", "de la Peña", "Dimaculangan", "Macaraeg", "Magsaysay-Ilagan", "Ocampo",
        "Panganiban", "Reyes", "Tolentino", "Villanueva",
    ],
    girls: names!["Althea", "Analyn", "Bituin", "Dalisay", "Jhoanna", "Ligaya", "Ma. Teresa", "Mayumi", "Princess Joy", "Rosalinda"],
    boys: names!["Angelo", "Bayani", "Crisanto", "Dante", "Jayson", "Jun-Jun", "Lakan", "Rodel", "Rommel", "Vicente"],
};

pub(super) const INDONESIAN: Origin = Origin {
    writing: Writing::Latin, middle: 40, doubled: 0, joint: " ",
    families: families!["Hartono", "Kusuma", "Lestari", "Nugroho", "Prasetyo", "Rahayu", "Siregar", "Suryadi", "Wibowo", "Wulandari"],
    girls: names!["Ayu", "Citra", "Dewi", "Indah", "Kartini", "Melati", "Ni Luh", "Putri", "Ratna", "Sri"],
    boys: names!["Adi", "Agus", "Bambang", "Budi", "Dwi", "Eko", "I Wayan", "Joko", "Satria", "Teguh"],
};

pub(super) const POLYNESIAN: Origin = Origin {
    writing: Writing::Latin, middle: 50, doubled: 3, joint: "-",
    families: families!["Fa‘asavalu", "Kahananui", "Kaleo‘ohano", "Kealoha", "Mahoe", "Ngata-Parata", "Tāmati", "Tuʻipulotu", "Whaanga", "Wihongi"],
    girls: names!["Anahera", "Hōkū", "Kailani", "Leilani", "Mahina", "Mere", "Ngaio", "Pua", "Sina", "Kaʻiulani"],
    boys: names!["Ioane", "Kāne", "Keoni", "Koa", "Makoa", "Nāmaka", "Rangi", "Sione", "Tāne", "Wiremu"],
};

pub(super) const DINE: Origin = Origin {
    writing: Writing::Latin, middle: 50, doubled: 3, joint: "-",
    families: families!["Begaye", "Benally", "Blackgoat", "Manygoats", "Nez", "Peshlakai", "Red Elk", "Tsosie", "Two Rivers", "Yazzie"],
    girls: names!["Dezbah", "Haseya", "Nizhóní", "Shandiin", "Winona", "Yanaha", "Aiyana", "Kateri", "Sáanii", "Wren"],
    boys: names!["Ashkii", "Bidziil", "Chayton", "Hok’ee", "Naalnish", "Niyol", "Sani", "Shiye", "Takoda", "Yiska"],
};
