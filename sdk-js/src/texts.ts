/**
 * Every text of the command line, in English and Chinese. English is the source; the compiler checks
 * that Chinese has the same keys, a test that it has the same {names}.
 *
 * @module
 */
import { language, type Language } from "./language.js";

export const ENGLISH = {
  // cli
  usage: `{self}: tools for mini programs

{commands}

Every command takes --json, and --help, which lists its options. {self} --version prints the version.

TEAHOUSE_URL and TEAHOUSE_TOKEN stand in for login, TEAHOUSE_APP for --app, for CI.
It ends with 0 when done, 1 when the host refused or the program has errors, 2 when a command was
typed wrongly, 3 when the host cannot be reached, 4 when there is no valid token.`,
  commandFirst: "The name of a command comes first. See: {self} --help",
  noCommand: 'There is no command "{name}". See: {self} --help',
  noCommandMeant: 'There is no command "{name}"; did you mean {meant}? See: {self} --help',
  request: " (request {id})",

  // command
  aboutJSON: "print one JSON document, errors too",
  aboutHelp: "show this text",
  options: "options",
  oneOf: '--{name} is one of {values}; not "{given}".',
  needsWord: "{command} needs {word}. {see}",
  extraWord: '"{word}" is one word too many. {see}',
  needsValue:
    "--{name} needs a value: --{name} {value}. A value that begins with a dash is written --{name}=-….",
  takesNoValue: "--{name} takes no value. {see}",
  noOption: "{command} has no option {option}. {see}",
  noOptionMeant: "{command} has no option {option}; did you mean --{meant}? {see}",
  see: "See: {self} {command} --help",
  notANumber: '--{name} is a number from 1, not "{given}".',

  // files
  cannotRead: "{file} cannot be read: {why}",
  cannotRun: "{file} cannot be run: {why}",
  fileFailed: "{file}: {why}",
  denied: "you may not (permission denied)",
  notThere: "it does not exist",
  noSpace: "the disk is full",
  readOnly: "the disk is read-only",
  isFolder: "it is a folder",
  notJSON: "{file} is not valid JSON: {why}",
  notAnObject: "{file} should hold an object: { … }.",

  // bundle
  tooManyFiles: "There are more than {most} files; is this the right folder?",
  tooLarge: "The files have more than {most} MB; leave out what the program does not need.",
  noFolder: "There is no folder {directory}.",
  isAFile: "{directory} is a file; name the folder of a mini program.",
  noAppJSON: "{directory} holds no app.json; name the folder of a mini program.",
  rootLeadsOut: "The miniprogramRoot of {file} leads out of the folder.",
  rootWithoutAppJSON: "{directory}, the miniprogramRoot of {file}, holds no app.json.",
  styleFailed: "{file}: {why}",
  noStyleCompiler:
    '{file} has to be compiled, and the project has no "{name}". In {directory}: npm install --save-dev {name}',
  symbolicLink: "{path} is a symbolic link; a bundle holds files only.",

  // settings
  notLoggedIn:
    "Not logged in. Make a token on the developer page of your host (/developer/tokens), then: " +
    "{self} login --url https://your.host. TEAHOUSE_URL and TEAHOUSE_TOKEN do the same for CI.",
  notAnAddress:
    '"{given}" is not the address of a host; it looks like https://tea.example or http://localhost:8080.',
  whichApp:
    'Which app? Give --app ta…, set TEAHOUSE_APP, or write {"app_id": "ta…"} into teahouse.json. ' +
    "Those you work on: {self} apps",
  notAnAppID: '"{given}" is not an app ID; one looks like ta0c8a9a21d4fdc26a.',
  notAToken: "That is not a token; one looks like tea_pat_….",

  // developer
  unreachable: "{url} cannot be reached: {why}",
  tooSlow: "it takes too long to answer. Try again.",
  nothingListens: "nothing listens there. Is the host running?",
  noSuchHost: "there is no host of that name. Is the address right, and the network on?",
  noWay: "there is no way to it. Is the network on?",
  broke: "the connection broke. Try again.",
  badCertificate: "its certificate is not valid for it ({code}).",
  noTLS: "it does not speak https there. Does its address begin with http://?",
  tokenNotValid:
    "The token is not valid: it has expired, or was revoked, or is another host's. Make a new one at " +
    "{page}, then: {self} login --url {url}",
  notAHost: "{url} answers, but not as a Teahouse host does. Is the address right?",
  noReason:
    "The host answered with status {status} and no reason; something between us may have answered.",
  yourApps: " The apps that you work on: {self} apps",
  yourVersions: " Those there are: {self} versions --app {app}",

  // init
  aboutInit: "start a mini program from a template",
  aboutInitApp: "the app it will be; is written into teahouse.json",
  initFile: "{directory} is a file; name a new folder.",
  initNotEmpty: "{directory} is not empty; name a new folder.",
  initDone:
    "{directory} is a mini program: a page with a button.\nNext: {self} upload {directory}{app}",

  // login
  aboutLogin: "remember the host and your token",
  aboutURL: "the address of the host",
  aboutToken: "the token; without it, it is asked for, or read from a pipe",
  moreLogin: "A token is made on the developer page of the host, under API tokens.",
  needsURL: "login needs --url, the address of the host.",
  askToken: "Token: ",
  noToken: "There was no token. Make one at {url}/developer/tokens and give it with --token.",
  loggedIn: "Logged in; your apps: {apps}. Saved in {file}",
  aboutLogout: "forget the host and your token",
  loggedOut: "Logged out; {file} is gone.",
  aboutApps: "list the apps that you work on",
  noApps: "You work on no app yet. Make one at {url}/developer/; then: {self} apps",

  // check
  aboutCheck: "run it headless: every page, every tap target",
  aboutStrict: "warnings and unsupported APIs fail too",
  aboutPage: "check this page only, with its query if it needs one: pages/a/a?id=1",
  aboutTree: "print what each page shows, as markup with shadow roots",
  aboutFirstTree: "print what each page shows at once, before any time passes",
  aboutSteps: "play the taps, inputs and waits of a file instead",
  aboutRecord: "where to write the logs of pages that fail; replay plays them",
  aboutLang: "the language of the report (default: the terminal's)",
  moreCheck:
    "This needs the teahouse program of the host on the PATH, or its path in TEAHOUSE_BIN.",
  noProgram:
    "The check runs in the host's own program, teahouse, which is not on the PATH. Put it there, or " +
    "its path into TEAHOUSE_BIN; in Teahouse's repository `make build` makes bin/teahouse.",

  // replay
  aboutReplay: "play a recorded session again, with the program as it is now",
  moreReplay:
    "FILE comes from `check --record` or `logs --record`. It says at which input the program first does\nsomething else than when it was recorded.",

  // logs
  aboutRecordLogs: "where to write the sessions that ended in an error; replay plays them",
  recorded: "Sessions written to {folder}: {n}. Next: {self} replay {file} DIR",
  recordedLine: "The session until then is recorded: logs --record FOLDER writes it to a file.",
  nothingRecorded:
    "No session is recorded in these lines. That happens after an error that nothing caught, in a version that is not released.",
  aboutLogs: "read the app's log, the newest lines last",
  aboutLevel: "only lines of this level",
  aboutLimit: "how many (default {standard})",
  logEmpty: "The log is empty.",

  // versions
  aboutApp: 'the app; also TEAHOUSE_APP, or "app_id" in teahouse.json',
  naming: "VERSION is what `versions` lists, such as 1.2.0, or an ID.",
  noVersion: "No version yet. Next: {self} upload DIR --app {app}",
  noSuchVersion: 'The app has no version "{name}"; the newest are {newest}.',
  aboutUpload: "pack, upload and compile a new version",
  aboutLabel: "its number, a semantic version such as 1.2.0 (default: date and time)",
  aboutNotes: "what changed",
  notALabel:
    '"{given}" is not a version; it is a semantic version, three numbers with dots such as 1.2.0 or 1.3.0-beta.1.',
  uploading: "{files} files, {size}, packed to {packed}; uploading",
  didNotCompile:
    "version {version} did not compile ({ms} ms)\nMend the errors above and upload again.",
  compiled:
    "version {version} compiled in {ms} ms\nTry it:    {link}\nSubmit it: {self} submit {version} --app {app}",
  error: "error",
  warning: "warning",
  aboutVersions: "list the versions of the app, the newest first",
  aboutStatus: "what became of a version: its errors, and what the reviewers say",
  moreStatus: "Without it, the newest.",
  versionIs: "version {version} is {state}",
  uploadedAt: "  uploaded {time} UTC",
  reviewersSay: "The reviewers say:",
  next: "Next: {step}",
  stateReady: "ready: compiled, not submitted",
  stateFailed: "failed: it did not compile",
  stateSubmitted: "with the reviewers",
  stateApproved: "approved, not released yet",
  stateRejected: "rejected",
  stateReleased: "released: it is what people open",
  stateRetired: "retired: a newer one is released",
  nextReady: "{self} submit {version} --app {app}",
  nextFailed: "{self} upload DIR --app {app}",
  nextSubmitted: "{self} withdraw {version} --app {app}, if it should not be reviewed",
  nextApproved: "{self} release {version} --app {app}",
  nextRejected:
    "{self} upload DIR --app {app}, then submit; or submit {version} again with --notes",
  aboutSubmit: "hand a version to the reviewers",
  aboutSubmitNotes: "what the reviewers should know",
  aboutNotesFile: "the same, from a file",
  notesTwice: "Give --notes or --notes-file, not both.",
  aboutReason: "why the app needs a scope; once for each",
  moreSubmit:
    "Every scope needs a reason. They may stand in teahouse.json too: " +
    '{"scope_reasons": {"login": "…"}}.',
  notAReason:
    '--reason takes a scope and a text: --reason "payment=People pay for tea". Not "{given}".',
  strangeScope: 'Version {version} does not ask for the scope "{scope}"; it asks for {scopes}.',
  none: "none",
  reasonMissing:
    "Nothing was submitted: version {version} has no reason for {scopes}, and the reviewers need one. " +
    "Give it with {options}, or in teahouse.json.",
  submitted: "version {version} is with the reviewers",
  whatBecomes: "What becomes of it: {self} status {version} --app {app}",
  cannotSubmit: "Version {version} cannot be submitted: it is {state}.",
  cannotWithdraw: "Version {version} cannot be withdrawn: it is {state}.",
  cannotRelease: "Version {version} cannot be released: it is {state}.",
  aboutWithdraw: "take a version back from the reviewers",
  withdrawn: "version {version} is no longer with the reviewers",
  aboutRelease: "release an approved version",
  released: "version {version} is released: it is what people open",
};

export type Key = keyof typeof ENGLISH;

export const CHINESE: Record<Key, string> = {
  usage: `{self}：小程序开发工具

{commands}

每个命令都可加 --json；--help 列出它的选项。{self} --version 显示版本。

在 CI 中，TEAHOUSE_URL 和 TEAHOUSE_TOKEN 代替 login，TEAHOUSE_APP 代替 --app。
退出码：0 完成；1 服务器拒绝，或小程序有错误；2 命令有误；3 无法连接服务器；4 没有有效的令牌。`,
  commandFirst: "请先写命令的名称。参见：{self} --help",
  noCommand: "没有命令“{name}”。参见：{self} --help",
  noCommandMeant: "没有命令“{name}”；你是指 {meant} 吗？参见：{self} --help",
  request: "（请求 {id}）",

  aboutJSON: "输出一个 JSON 文档，错误也是",
  aboutHelp: "显示此说明",
  options: "选项",
  oneOf: "--{name} 应为 {values} 之一，而不是“{given}”。",
  needsWord: "{command} 需要 {word}。{see}",
  extraWord: "多了“{word}”。{see}",
  needsValue: "--{name} 需要一个值：--{name} {value}。以短横线开头的值请写成 --{name}=-…。",
  takesNoValue: "--{name} 不带值。{see}",
  noOption: "{command} 没有选项 {option}。{see}",
  noOptionMeant: "{command} 没有选项 {option}；你是指 --{meant} 吗？{see}",
  see: "参见：{self} {command} --help",
  notANumber: "--{name} 应为从 1 起的整数，而不是“{given}”。",

  cannotRead: "无法读取 {file}：{why}",
  cannotRun: "无法运行 {file}：{why}",
  fileFailed: "{file}：{why}",
  denied: "没有权限",
  notThere: "它不存在",
  noSpace: "磁盘已满",
  readOnly: "磁盘是只读的",
  isFolder: "它是文件夹",
  notJSON: "{file} 不是有效的 JSON：{why}",
  notAnObject: "{file} 的内容应为一个对象：{ … }。",

  tooManyFiles: "文件超过 {most} 个；文件夹对吗？",
  tooLarge: "文件合计超过 {most} MB；请去掉小程序不需要的文件。",
  noFolder: "没有文件夹 {directory}。",
  isAFile: "{directory} 是文件；请指定小程序的文件夹。",
  noAppJSON: "{directory} 中没有 app.json；请指定小程序的文件夹。",
  rootLeadsOut: "{file} 的 miniprogramRoot 指向文件夹之外。",
  rootWithoutAppJSON: "{file} 的 miniprogramRoot（{directory}）中没有 app.json。",
  styleFailed: "{file}：{why}",
  noStyleCompiler:
    "{file} 需要编译，而项目中没有“{name}”。请在 {directory} 中执行：npm install --save-dev {name}",
  symbolicLink: "{path} 是符号链接；代码包只能包含文件。",

  notLoggedIn:
    "尚未登录。请在服务器的开发者页面（/developer/tokens）创建令牌，然后运行：" +
    "{self} login --url https://your.host。在 CI 中可用 TEAHOUSE_URL 和 TEAHOUSE_TOKEN。",
  notAnAddress:
    "“{given}”不是服务器的地址；地址形如 https://tea.example 或 http://localhost:8080。",
  whichApp:
    '哪个小程序？请用 --app ta…，或设置 TEAHOUSE_APP，或在 teahouse.json 中写 {"app_id": "ta…"}。' +
    "你参与的小程序：{self} apps",
  notAnAppID: "“{given}”不是 AppID；AppID 形如 ta0c8a9a21d4fdc26a。",
  notAToken: "这不是令牌；令牌形如 tea_pat_…。",

  unreachable: "无法连接 {url}：{why}",
  tooSlow: "等待答复的时间过长。请重试。",
  nothingListens: "那里没有程序在监听。服务器在运行吗？",
  noSuchHost: "没有这个名称的主机。地址对吗？网络通吗？",
  noWay: "网络不可达。网络通吗？",
  broke: "连接中断。请重试。",
  badCertificate: "它的证书无效（{code}）。",
  noTLS: "那里不支持 https。地址是否以 http:// 开头？",
  tokenNotValid:
    "令牌无效：已过期、已撤销，或属于另一台服务器。请在 {page} 创建新的令牌，" +
    "然后运行：{self} login --url {url}",
  notAHost: "{url} 有答复，但不像 Teahouse 服务器。地址对吗？",
  noReason: "服务器答复状态 {status}，没有说明原因；可能是中间的某个设备答复的。",
  yourApps: " 你参与的小程序：{self} apps",
  yourVersions: " 已有的版本：{self} versions --app {app}",

  aboutInit: "用模板创建小程序",
  aboutInitApp: "对应的小程序；会写入 teahouse.json",
  initFile: "{directory} 是文件；请指定新的文件夹。",
  initNotEmpty: "{directory} 不是空的；请指定新的文件夹。",
  initDone: "{directory} 是一个小程序：一个带按钮的页面。\n下一步：{self} upload {directory}{app}",

  aboutLogin: "保存服务器地址和你的令牌",
  aboutURL: "服务器的地址",
  aboutToken: "令牌；不写则会询问，或从管道读取",
  moreLogin: "令牌在服务器开发者页面的“API 令牌”中创建。",
  needsURL: "login 需要 --url，即服务器的地址。",
  askToken: "令牌：",
  noToken: "没有令牌。请在 {url}/developer/tokens 创建，并用 --token 提供。",
  loggedIn: "已登录；你的小程序：{apps} 个。已保存到 {file}",
  aboutLogout: "删除保存的服务器地址和令牌",
  loggedOut: "已退出登录；{file} 已删除。",
  aboutApps: "列出你参与的小程序",
  noApps: "你还没有参与任何小程序。请在 {url}/developer/ 创建；然后运行：{self} apps",

  aboutCheck: "无界面运行：打开每个页面，点击每个目标",
  aboutStrict: "有警告或不支持的 API 也算失败",
  aboutPage: "只检查此页面，可带参数：pages/a/a?id=1",
  aboutTree: "输出每个页面显示的内容（带 shadow root 的标记）",
  aboutFirstTree: "输出每个页面最初显示的内容，不等待时间流逝",
  aboutSteps: "改为执行文件中的点击、输入和等待",
  aboutRecord: "把失败页面的记录写入此文件夹，供 replay 重放",
  aboutLang: "报告的语言（默认与终端相同）",
  moreCheck: "需要服务器的 teahouse 程序在 PATH 中，或在 TEAHOUSE_BIN 中写明其路径。",
  noProgram:
    "检查由服务器的程序 teahouse 进行，而它不在 PATH 中。请把它放入 PATH，或在 TEAHOUSE_BIN 中写明其路径；" +
    "在 Teahouse 的代码库中，`make build` 会生成 bin/teahouse。",

  aboutReplay: "用现在的程序重放记录的会话",
  moreReplay: "FILE 来自 `check --record` 或 `logs --record`。会指出程序从哪个输入起与记录时不同。",

  aboutRecordLogs: "把因错误结束的会话写入此文件夹，供 replay 重放",
  recorded: "{n} 个会话已写入 {folder}。下一步：{self} replay {file} DIR",
  recordedLine: "此前的会话已被记录：用 logs --record FOLDER 写入文件。",
  nothingRecorded: "这些日志中没有会话记录。未发布的版本出现未捕获的错误时才会记录。",
  aboutLogs: "查看小程序的日志，最新的在最后",
  aboutLevel: "只看此级别的日志",
  aboutLimit: "条数（默认 {standard}）",
  logEmpty: "日志是空的。",

  aboutApp: '小程序；也可用 TEAHOUSE_APP，或 teahouse.json 中的 "app_id"',
  naming: "VERSION 是 `versions` 列出的版本号（例如 1.2.0），或版本的 ID。",
  noVersion: "还没有版本。下一步：{self} upload DIR --app {app}",
  noSuchVersion: "小程序没有版本“{name}”；最新的是 {newest}。",
  aboutUpload: "打包、上传并编译新版本",
  aboutLabel: "版本号，即语义化版本，例如 1.2.0（默认：日期和时间）",
  aboutNotes: "有什么变化",
  notALabel:
    "“{given}”不是版本号；版本号须为语义化版本，即用点分隔的三个数字，例如 1.2.0 或 1.3.0-beta.1。",
  uploading: "{files} 个文件，{size}，打包后 {packed}；正在上传",
  didNotCompile: "版本 {version} 编译失败（{ms} 毫秒）\n请修正以上错误后重新上传。",
  compiled:
    "版本 {version} 已编译，用时 {ms} 毫秒\n试用：{link}\n提交：{self} submit {version} --app {app}",
  error: "错误",
  warning: "警告",
  aboutVersions: "列出小程序的版本，最新的在前",
  aboutStatus: "版本的情况：错误，以及审核意见",
  moreStatus: "不写则为最新的版本。",
  versionIs: "版本 {version}：{state}",
  uploadedAt: "  上传时间 {time} UTC",
  reviewersSay: "审核意见：",
  next: "下一步：{step}",
  stateReady: "已编译，尚未提交",
  stateFailed: "编译失败",
  stateSubmitted: "审核中",
  stateApproved: "审核通过，尚未发布",
  stateRejected: "已驳回",
  stateReleased: "已发布：用户打开的就是它",
  stateRetired: "已退役：发布了更新的版本",
  nextReady: "{self} submit {version} --app {app}",
  nextFailed: "{self} upload DIR --app {app}",
  nextSubmitted: "{self} withdraw {version} --app {app}（如果不想让它接受审核）",
  nextApproved: "{self} release {version} --app {app}",
  nextRejected: "{self} upload DIR --app {app}，再提交；或用 --notes 重新提交 {version}",
  aboutSubmit: "把版本交给审核人员",
  aboutSubmitNotes: "审核人员应知道的事",
  aboutNotesFile: "同上，从文件读取",
  notesTwice: "--notes 和 --notes-file 只能用一个。",
  aboutReason: "小程序为何需要某项权限；每项权限一次",
  moreSubmit: '每项权限都需要理由。也可写在 teahouse.json 中：{"scope_reasons": {"login": "…"}}。',
  notAReason: '--reason 由权限和文字组成：--reason "payment=用户为茶付款"。而不是“{given}”。',
  strangeScope: "版本 {version} 没有申请权限“{scope}”；它申请的是：{scopes}。",
  none: "无",
  reasonMissing:
    "没有提交：版本 {version} 的以下权限没有理由：{scopes}，而审核人员需要理由。" +
    "请用 {options} 说明，或写入 teahouse.json。",
  submitted: "版本 {version} 已交给审核人员",
  whatBecomes: "查看进展：{self} status {version} --app {app}",
  cannotSubmit: "无法提交版本 {version}，它的状态是：{state}。",
  cannotWithdraw: "无法撤回版本 {version}，它的状态是：{state}。",
  cannotRelease: "无法发布版本 {version}，它的状态是：{state}。",
  aboutWithdraw: "从审核人员处撤回版本",
  withdrawn: "版本 {version} 已撤回",
  aboutRelease: "发布审核通过的版本",
  released: "版本 {version} 已发布：用户打开的就是它",
};

const TABLES: Record<Language, Record<Key, string>> = {
  en: ENGLISH,
  "zh-CN": CHINESE,
};

/** A text in the language of the terminal; {name} stands for a value. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return TABLES[language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}
