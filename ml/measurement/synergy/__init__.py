"""What a campaign among people does together with influencers or promotions, beyond the two apart."""
