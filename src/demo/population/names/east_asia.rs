//! Names of families from East and Southeast Asia.
//! A table and nothing else.

use super::{Origin, Writing, families, names};

pub(super) const CHINESE: Origin = Origin {
    writing: Writing::FamilyGivenJoined, middle: 3, doubled: 0, joint: "-",
    families: families![
        "Wang" = "王", "Li" = "李", "Zhang" = "张", "Chen" = "陈", "Liu" = "刘", "Huang" = "黄", "Lü" = "吕", "Ouyang" = "欧阳",
        "Qiu" = "邱", "Situ" = "司徒", "Xu" = "徐", "Yu" = "余", "Zheng" = "郑", "Zhuge" = "诸葛",
    ],
    girls: names![
        "Fang" = "芳", "Jiayi" = "佳怡", "Lihua" = "丽华", "Meiling" = "美玲", "Qing" = "晴", "Ruoxi" = "若曦", "Shuang" = "爽",
        "Xiaoyan" = "小燕", "Xinyue" = "欣悦", "Yun" = "云", "Yutong" = "雨桐", "Zihan" = "子涵",
    ],
    boys: names![
        "Xiaoming" = "小明", "Bo" = "博", "Guoqiang" = "国强", "Haoran" = "浩然", "Jian" = "健", "Junjie" = "俊杰", "Lei" = "磊",
        "Tao" = "涛", "Wei" = "伟", "Yichen" = "奕辰", "Zhiyuan" = "志远", "Zixuan" = "子轩",
    ],
};

pub(super) const JAPANESE: Origin = Origin {
    writing: Writing::FamilyGiven, middle: 2, doubled: 0, joint: "-",
    families: families![
        "Sato" = "佐藤", "Fujiwara" = "藤原", "Hashimoto" = "橋本", "Inoue" = "井上", "Kobayashi" = "小林", "Matsumoto" = "松本",
        "Nakamura" = "中村", "Ōno" = "大野", "Saitō" = "斎藤", "Takahashi" = "高橋", "Watanabe" = "渡辺", "Yamaguchi" = "山口",
    ],
    girls: names![
        "Yui" = "結衣", "Aoi" = "葵", "Emi" = "えみ", "Hana" = "花", "Kaori" = "香織", "Mei" = "芽衣", "Misaki" = "美咲",
        "Rin" = "凛", "Sakura" = "さくら", "Yūko" = "優子",
    ],
    boys: names![
        "Daiki" = "大輝", "Haruto" = "陽翔", "Jun’ichi" = "純一", "Kaito" = "海斗", "Kenji" = "健二", "Ren" = "蓮", "Riku" = "陸",
        "Shōta" = "翔太", "Sōsuke" = "颯介", "Yūto" = "悠斗",
    ],
};

pub(super) const KOREAN: Origin = Origin {
    writing: Writing::FamilyGivenJoined, middle: 4, doubled: 0, joint: "-",
    families: families![
        "Kim" = "김", "Lee" = "이", "Park" = "박", "Choi" = "최", "Jung" = "정", "Kang" = "강", "Yoon" = "윤", "Lim" = "임",
        "Han" = "한", "Oh" = "오", "Seo" = "서", "Namgung" = "남궁",
    ],
    girls: names![
        "Ha-eun" = "하은", "Ji-woo" = "지우", "Seo-yeon" = "서연", "Min-ji" = "민지", "Soo-ah" = "수아", "Ye-rin" = "예린",
        "Eun-kyung" = "은경", "Bo-ra" = "보라", "Na-yeon" = "나연", "Yu-jin" = "유진",
    ],
    boys: names![
        "Min-jun" = "민준", "Seo-jun" = "서준", "Do-yoon" = "도윤", "Hyun-woo" = "현우", "Ji-ho" = "지호", "Jae-won" = "재원",
        "Sung-min" = "성민", "Tae-yang" = "태양", "Woo-jin" = "우진", "Young-ho" = "영호",
    ],
};

pub(super) const VIETNAMESE: Origin = Origin {
    writing: Writing::Latin, middle: 0, doubled: 2, joint: " ",
    families: families!["Lý", "Bùi", "Đặng", "Đỗ", "Hồ", "Lê", "Ngô", "Nguyễn", "Phạm", "Trần", "Võ", "Vũ"],
    girls: names![
        "Thị Ánh Nguyệt", "Bảo Trân", "Diễm My", "Hồng Nhung", "Khánh Linh", "Mỹ Duyên", "Ngọc Hân", "Phương Thảo", "Thị Mỹ Lệ",
        "Thùy Dương", "Tường Vi", "Xuân",
    ],
    boys: names![
        "An", "Bảo Long", "Đức Huy", "Gia Hưng", "Hoàng Nam", "Minh Quân", "Phúc", "Quốc Việt", "Thiện Nhân", "Tiến Dũng", "Văn Hùng", "Vĩnh",
    ],
};

pub(super) const THAI: Origin = Origin {
    writing: Writing::GivenFamily, middle: 0, doubled: 0, joint: "-",
    families: families![
        "Srisai" = "ศรีสาย", "Boonmee" = "บุญมี", "Chaiyaphum" = "ชัยภูมิ", "Kaewmanee" = "แก้วมณี", "Phongphaew" = "ผ่องแผ้ว",
        "Rattanakosin" = "รัตนโกสินทร์", "Saengthong" = "แสงทอง", "Suwannarat" = "สุวรรณรัตน์", "Thongchai" = "ธงชัย", "Wongsawat" = "วงศ์สวัสดิ์",
    ],
    girls: names![
        "Kanya" = "กัญญา", "Apinya" = "อภิญญา", "Busaba" = "บุษบา", "Duangjai" = "ดวงใจ", "Malee" = "มาลี", "Nittaya" = "นิตยา",
        "Ploy" = "พลอย", "Siriporn" = "ศิริพร", "Suda" = "สุดา", "Wanida" = "วนิดา",
    ],
    boys: names![
        "Anan" = "อนันต์", "Chai" = "ชัย", "Kittisak" = "กิตติศักดิ์", "Narong" = "ณรงค์", "Niran" = "นิรันดร์", "Pichai" = "พิชัย",
        "Prasert" = "ประเสริฐ", "Somchai" = "สมชาย", "Surasak" = "สุรศักดิ์", "Wichai" = "วิชัย",
    ],
};
