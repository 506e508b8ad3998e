FROM python:3.11-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN python manage.py compile_catalogues
RUN useradd --system hall && mkdir -p /var/lib/hall && chown hall /var/lib/hall
USER hall
