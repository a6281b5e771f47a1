package org.dmabuf.planted;

import java.util.HashMap;
import java.util.Map;

/** State of a class, behind a final and an interface. */
public final class StaticCollection {
  public static final Map<String, String> ALL = new HashMap<>();

  private StaticCollection() {}
}
