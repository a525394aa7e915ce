package guides

// maxSearchText bounds what the search of a browser reads of one section; its first words name it.
const maxSearchText = 2_000
