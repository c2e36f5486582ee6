// Shows the API's description; Swagger UI itself is loaded before this.
const place = document.getElementById("docs");
SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  tryItOutEnabled: false,
  validatorUrl: null,
});
