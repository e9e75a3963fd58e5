"""How well what people type finds what they need: judged questions, grades, and the measures over them."""
