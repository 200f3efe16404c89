"""What a campaign did to how people see the brand, and what posts sell beside what people say they bought."""
