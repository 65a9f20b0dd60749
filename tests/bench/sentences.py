"""What the trainees of the benchmarks say."""

TURNS = (
    "I am very sorry that your internet has been down since Wednesday.",
    "Could you tell me your account number, please?",
    "Thank you, I have found your account now.",
    "Which lights can you see on the front of the router?",
    "Please take your time, there is no hurry at all.",
    "Can you see a blue port on the back of the box?",
    "I understand how frustrating this must be for you.",
    "Let us do this together, one small step at a time.",
    "Please push the yellow cable into the blue port.",
    "Is the light on the front green now?",
    "I will stay on the phone with you until it works.",
    "That was our mistake and I apologize for it.",
    "Could you open a page and see if it loads?",
    "I can give you a direct number for the next time.",
    "What time would be good for a call tomorrow?",
    "Your son does not have to come over for this.",
    "I will write down everything that we have done today.",
    "Would you like me to send a technician to your house?",
    "You have done very well, Mister Hughes.",
    "Is there anything else that I can help you with?",
)
"""Twenty turns of a call with Walter Hughes."""

PAUSED = (
    "I am very sorry about the trouble, | and I would like to help you today.",
    "Let me have a look at | your account before we start.",
    "If the light on the front is red, | please tell me right away.",
    "I can send you a new router | by the end of this week.",
    "Could you please give me | the number on your last bill?",
    "Because the cable is in the wrong port, | the light does not turn green.",
    "I understand that you have been | waiting for a very long time.",
    "The technician will come to your house | on Friday in the morning.",
    "What I would like to do now is | check the cable together with you.",
    "When you are ready, | please press the small button on the back.",
    "I will give you a credit of | twenty dollars on your next bill.",
    "You will find the yellow cable | on the left side of the box.",
    "Before we go on, | could you tell me your date of birth?",
    "We can try it one more time, | and then I will send somebody.",
    "I have to ask you for | your name and your address first.",
    "The new box needs about | two minutes until it is ready.",
    "As soon as the light is green, | we can open a page and try it.",
    "Please hold the button for | ten seconds and then let it go.",
    "My name is Daniel, | and I am going to help you with the internet.",
    "I would like to apologize for | the way you were treated yesterday.",
)
"""Twenty sentences; the trainee pauses for 0.6 s at the bar."""

INTERRUPTIONS = ("Excuse me, may I say something?", "Wait, please let me explain.")
