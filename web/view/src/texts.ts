// Texts of the frame itself.

const EN = {
  cancel: "Cancel",
  confirm: "OK",
  choose: "Choose",
  year: "",
  month: "",
  day: "",
  all: "Any",
};
const ZH: typeof EN = {
  cancel: "取消",
  confirm: "确定",
  choose: "请选择",
  year: "年",
  month: "月",
  day: "日",
  all: "全部",
};

export function texts(language: string | undefined): typeof EN {
  return language?.toLowerCase().startsWith("zh") ? ZH : EN;
}
