// A chosen CSV file goes into the form's own field, as text: UTF-8, or GB 18030, which spreadsheets in China still write.

for (const file of document.querySelectorAll("input[type=file][data-into]")) {
  const field = document.getElementById(file.dataset.into);
  const problem = file.parentElement.querySelector(".refusal");
  file.parentElement.hidden = false;
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    problem.hidden = true;
    if (!chosen) return;
    if (chosen.size > Number(file.dataset.most) * 1024) {
      problem.textContent = file.dataset.large;
      problem.hidden = false;
      file.value = "";
      return;
    }
    field.value = read(await chosen.arrayBuffer());
    field.focus();
  });
}

function read(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}
