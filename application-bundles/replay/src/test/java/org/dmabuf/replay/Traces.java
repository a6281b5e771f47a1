package org.dmabuf.replay;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The traces of the project. */
final class Traces {
  private Traces() {}

  static Trace read(String family) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<Object> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../../traces", family + ".jsonl"))) {
      lines.add(json.readValue(line, Map.class));
    }
    return Trace.of(family, lines);
  }
}
