"""Folding of names, pinyin, search texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.places.fold import SEARCH_LONGEST, fold, pinyin_of, search_text, tokens_of
from maplebridge.places.rules import Names, names_of, number_key, numbers_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Lönnrotinkatu", "lonnrotinkatu"),
        ("Ångström Street", "angstrom street"),
        ("Łódzka", "lodzka"),
        ("Straße", "strasse"),
        ("Rua de São João", "rua de sao joao"),
        ("O'Donnell St.", "o donnell st"),
        ("Ｋａｌｅｖａ", "kaleva"),
        ("建设路", "建设路"),
        ("  A--B__C  ", "a b c"),
    ],
)
def test_case_accents_and_punctuation_fold_away(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_chinese_names_have_pinyin_by_syllable():
    assert pinyin_of("建设路") == "jian she lu"
    assert pinyin_of("重庆路") == "chong qing lu"


def test_a_chinese_name_is_found_by_its_text_its_pinyin_and_its_initials_from_every_syllable_on():
    tokens = tokens_of(search_text(Names("Jianshe Road", "建设路")))
    assert {"建设路", "设路", "jianshelu", "shelu", "jsl", "sl", "jianshe", "road"} <= tokens


@given(st.lists(st.text(max_size=90), max_size=9))
def test_a_search_text_always_fits_its_column(names):
    assert len(search_text(Names("Main Street", "", tuple(names)))) <= SEARCH_LONGEST


def test_names_are_shown_to_readers_of_either_language():
    assert names_of({"name": "建设路", "name:en": "Jianshe Road"})[:2] == ("Jianshe Road", "建设路")
    assert names_of({"name": "Senaatintori", "name:zh": "參議院廣場"})[:2] == ("Senaatintori", "參議院廣場")
    assert names_of({"name": "建设路"})[:2] == ("建设路", "建设路")
    assert "Senatstorget" in names_of({"name": "Senaatintori", "name:sv": "Senatstorget"}).others
    assert names_of({"highway": "service"}) is None


def test_house_numbers_are_taken_apart_and_ordered_as_numbers():
    assert numbers_of("12;14, 16") == ["12", "14", "16"]
    assert sorted(["10", "2", "2 B", "2a"], key=number_key) == ["2", "2a", "2 B", "10"]
