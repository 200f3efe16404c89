"""What runs in the peers' environment: golden values and the libraries nanolift is compared with."""
