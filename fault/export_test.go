package fault

// ChineseTexts is the catalogue.
var ChineseTexts = chinese
