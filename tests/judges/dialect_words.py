"""Words of ours in the places where the dialects look for the published ones, with the same slots and marks."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "if-verifier": '''
def llm_score(instruction, response, checkers):
    prompt = f"""Does it follow?
    [指令]
    {instruction}

    [回复]
    {response}

    [约束]
    {checkers}
    """
''',
    "compass": '''
CV_PROMPT = """Compare. Ignore \\\\boxed{{}}.
<Original Question Begin>:
{question}
<Original Question End>
<Standard Answer Begin>:
{gold_answer}
<Standard Answer End>
<Candidate's Answer Begin>:
{llm_response}
<Candidate's Answer End>
A, B or C?
"""
CV_COT_PROMPT = CV_PROMPT
CV_COT_PROMPT = """Compare step by step.
<Original Question Begin>
{question}
<Standard Answer Begin>
{gold_answer}
<Candidate's Answer Begin>
{llm_response}
<Candidate's Answer End>
"""
''',
    "general-verifier": """
VERIFIER_PROMPT_TEMPLATE = (
    "User: ### Question: {question}\\n\\n"
    "### Ground Truth Answer: {ground_truth}\\n\\n"
    "### Student Answer: {student_answer}\\n\\n"
    "The same? Assistant:"
)
""",
    "self-j": """
template_w_ref = "Rate. \\n\\n[Question]\\n{instruction}\\n\\n[Reference]\\n{reference}\\n\\n[Answer]\\n{input}"
template_wo_ref = "Rate. \\n\\n[Question]\\n{instruction}\\n\\n[Answer]\\n{input}"
""",
    "kalmv": """
INSTRUCTIONS_Wiki = [
    "Which? Question: {question} Passage: {passage} Output: {answer} A, B or C?",
    "Question: {question} Passage: {passage} Output: {answer} Which? A, B or C?",
    "Passage: {passage} Question: {question} Output: {answer} A, B or C?",
    "Question: {question} Output: {answer} Passage: {passage} A, B or C?",
    "Question: {question} Passage: {passage} Output: {answer} C, B or A?",
]
""",
    "spar": """
judge_template = \"\"\"Does it follow?

Prompt: “{}”

Output: “{}”

Final Judgement: (Yes or No)\"\"\"
""",
}
SAME = {"compass-cot": "compass", "self-j-ref": "self-j"}
"""Dialects whose words stand in another one's file."""


def words_of(name: str, folder: Path) -> str:
    """Return the path of a file with words for a dialect."""
    path = folder / f"{SAME.get(name, name)}.py"
    path.write_text(FILES[SAME.get(name, name)], "utf-8")
    return str(path)
