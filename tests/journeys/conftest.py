"""What every journey does first."""


def sign_in(page, base: str, username: str, password: str) -> None:
    """Sign in as a person does; afterwards my desk is open."""
    page.goto(f"{base}/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/desk/")
