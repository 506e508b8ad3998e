FROM python:3.11-slim
# Chinese characters on drawn pictures (QR codes with a title).
RUN apt-get update && apt-get install -y --no-install-recommends fonts-wqy-microhei && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN python manage.py compile_catalogues
RUN useradd --system hall && mkdir -p /var/lib/hall && chown hall /var/lib/hall
USER hall
