//! What the page shows of the OpenAPI document.

use serde_json::{Map, Value};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    pub description: String,
    /// Operations by their first tag, in the document's order.
    pub groups: Vec<Group>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub operations: Vec<Operation>,
}

/// One method of one path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// Unique on the page.
    pub id: String,
    /// `GET`.
    pub method: String,
    /// `/api/v1/clusters/{id}`.
    pub path: String,
    pub summary: String,
    pub description: String,
    /// In path, query and headers.
    pub parameters: Vec<Field>,
    pub body: Vec<Field>,
    pub responses: Vec<Response>,
    /// An example.
    pub curl: String,
}

/// A parameter, or a field of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    /// `path`, `query`, `header`; nothing for fields of a body.
    pub place: String,
    /// The type, or the values of an enumeration.
    pub kind: String,
    pub required: bool,
    pub description: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// `201`.
    pub status: String,
    pub description: String,
    pub fields: Vec<Field>,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

impl Reference {
    /// What the document lacks is left out.
    pub fn read(document: &Value, public_url: &str) -> Self {
        let mut reference = Self {
            description: text(&document["info"], "description"),
            groups: Vec::new(),
        };
        for (path, item) in entries(&document["paths"]) {
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    let name = capitalised(operation["tags"][0].as_str().unwrap_or("other"));
                    let read = read_operation(document, public_url, path, method, operation);
                    match reference.groups.iter_mut().find(|group| group.name == name) {
                        Some(group) => group.operations.push(read),
                        None => reference.groups.push(Group {
                            name,
                            operations: vec![read],
                        }),
                    }
                }
            }
        }
        reference
    }
}

/// Tags are lower case; headings start with a capital.
fn capitalised(tag: &str) -> String {
    let mut letters = tag.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

fn read_operation(
    document: &Value,
    public_url: &str,
    path: &str,
    method: &str,
    operation: &Value,
) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters
        .map(|parameter| resolve(document, parameter))
        .map(|parameter| Field {
            name: text(parameter, "name"),
            place: text(parameter, "in"),
            kind: kind(document, &parameter["schema"]),
            required: parameter["required"].as_bool().unwrap_or(false),
            description: text(parameter, "description"),
        })
        .collect();
    let body_schema = json_schema(document, &operation["requestBody"]);
    let responses = entries(&operation["responses"])
        .map(|(status, response)| {
            let response = resolve(document, response);
            Response {
                status: status.clone(),
                description: text(response, "description"),
                fields: json_schema(document, response)
                    .map(|schema| fields(document, schema))
                    .unwrap_or_default(),
            }
        })
        .collect();
    let method = method.to_uppercase();
    Operation {
        id: format!("{}{}", method.to_lowercase(), path)
            .replace(|c: char| !c.is_ascii_alphanumeric(), "-"),
        curl: curl(public_url, &method, path, body_schema.is_some()),
        method,
        path: path.to_owned(),
        summary: text(operation, "summary"),
        description: text(operation, "description"),
        parameters,
        body: body_schema
            .map(|schema| fields(document, schema))
            .unwrap_or_default(),
        responses,
    }
}

/// The JSON schema of a body or a response.
fn json_schema<'a>(document: &'a Value, holder: &'a Value) -> Option<&'a Value> {
    let content = resolve(document, holder)["content"].as_object()?;
    let (_, media) = content.iter().find(|(name, _)| name.contains("json"))?;
    Some(&media["schema"])
}

/// The fields of an object, or of the objects in an array.
fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let schema = resolve(document, schema);
    if schema["items"].is_object() {
        return fields(document, &schema["items"]);
    }
    let required: Vec<_> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    entries(&schema["properties"])
        .map(|(name, property)| Field {
            name: name.clone(),
            place: String::new(),
            kind: kind(document, property),
            required: required.contains(&name.as_str()),
            description: {
                let own = text(property, "description");
                if own.is_empty() {
                    text(resolve(document, property), "description")
                } else {
                    own
                }
            },
        })
        .collect()
}

/// The type of a schema in a word or two.
fn kind(document: &Value, schema: &Value) -> String {
    let variants = ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .find_map(|name| schema[name].as_array());
    if let Some(variants) = variants {
        let mut kinds: Vec<_> = variants
            .iter()
            .map(|variant| kind(document, variant))
            .filter(|kind| kind != "null")
            .collect();
        kinds.dedup();
        return kinds.join(" or ");
    }
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        let target = resolve(document, schema);
        return match target["enum"].as_array() {
            Some(values) => enumeration(values),
            None => name.to_owned(),
        };
    }
    if let Some(values) = schema["enum"].as_array() {
        return enumeration(values);
    }
    let types = match &schema["type"] {
        Value::String(one) => one.clone(),
        Value::Array(many) => many
            .iter()
            .filter_map(Value::as_str)
            .filter(|kind| *kind != "null")
            .collect::<Vec<_>>()
            .join(" or "),
        _ => String::new(),
    };
    match (types.as_str(), schema["format"].as_str()) {
        ("array", _) => format!("list of {}", kind(document, &schema["items"])),
        (_, Some(format)) => format!("{types}, {format}"),
        _ => types,
    }
}

fn enumeration(values: &[Value]) -> String {
    let words: Vec<_> = values.iter().filter_map(Value::as_str).collect();
    words.join(", ")
}

/// The target of a reference inside the document, or the value itself.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"]
        .as_str()
        .and_then(|path| document.pointer(path.strip_prefix('#')?))
        .unwrap_or(value)
}

fn curl(public_url: &str, method: &str, path: &str, has_body: bool) -> String {
    let mut command = String::from("curl --fail-with-body");
    if method != "GET" && !(method == "POST" && has_body) {
        command.push_str(&format!(" --request {method}"));
    }
    command.push_str(&format!(
        " {public_url}{path} \\\n  --header \"Authorization: Bearer $HANGAR_TOKEN\""
    ));
    if has_body {
        command.push_str(" \\\n  --json @body.json");
    }
    command
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or("").to_owned()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "info": {"version": "1", "description": "All of it"},
            "paths": {
                "/api/v1/clusters": {
                    "post": {
                        "tags": ["clusters"],
                        "summary": "Create a cluster",
                        "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
                        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                        "responses": {"201": {"description": "Accepted", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Cluster"}}}}}
                    },
                    "get": {"tags": ["clusters"], "summary": "List them", "responses": {}}
                }
            },
            "components": {"schemas": {
                "Order": {"type": "object", "required": ["name"], "properties": {
                    "name": {"type": "string", "description": "A DNS label"},
                    "ingress_host": {"type": ["string", "null"]}
                }},
                "Cluster": {"type": "object", "properties": {
                    "state": {"$ref": "#/components/schemas/State"},
                    "steps": {"type": "array", "items": {"$ref": "#/components/schemas/Step"}}
                }},
                "State": {"type": "string", "enum": ["ready", "failed"]},
                "Step": {"type": "object"}
            }}
        })
    }

    #[test]
    fn operations_are_grouped_and_schemas_resolved() {
        let reference = Reference::read(&document(), "https://hangar.example.com");
        let [group] = reference.groups.as_slice() else {
            panic!("one group expected: {reference:?}");
        };
        assert_eq!(group.name, "Clusters");
        let [list, create] = group.operations.as_slice() else {
            panic!("two operations expected: {group:?}");
        };
        assert_eq!(list.method, "GET");
        assert_eq!(create.parameters[0].place, "header");
        let body: Vec<_> = create
            .body
            .iter()
            .map(|field| (field.name.as_str(), field.kind.as_str(), field.required))
            .collect();
        assert_eq!(
            body,
            [("ingress_host", "string", false), ("name", "string", true)]
        );
        let response: Vec<_> = create.responses[0]
            .fields
            .iter()
            .map(|field| field.kind.as_str())
            .collect();
        assert_eq!(response, ["ready, failed", "list of Step"]);
    }

    #[test]
    fn the_example_has_method_address_and_token() {
        let reference = Reference::read(&document(), "https://hangar.example.com");
        let create = &reference.groups[0].operations[1];
        assert!(
            create
                .curl
                .contains("https://hangar.example.com/api/v1/clusters")
        );
        assert!(create.curl.contains("$HANGAR_TOKEN"));
        assert!(create.curl.contains("--json @body.json"));
    }

    #[test]
    fn an_empty_document_makes_an_empty_page() {
        assert_eq!(Reference::read(&Value::Null, ""), Reference::default());
    }
}
