package org.dmabuf.shell;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** A Configuration Admin that remembers what it was told, and no more. */
final class ConfigurationsForTest {
  /** What is there, by factory PID, in the order of making. */
  final Map<String, Dictionary<String, ?>> there = new LinkedHashMap<>();

  /** Factory PIDs in the order of deletion. */
  final List<String> deleted = new ArrayList<>();

  /** The factory PID whose configuration cannot be stored. */
  String broken = "";

  ConfigurationAdmin admin() {
    return proxy(ConfigurationAdmin.class, (method, arguments) -> configuration(arguments));
  }

  @SuppressWarnings("unchecked") // as Configuration.update has it
  private Object configuration(Object[] arguments) throws IOException {
    String pid = (String) arguments[0];
    if (pid.equals(broken)) {
      throw new IOException("disk full");
    }
    return proxy(
        Configuration.class,
        (method, given) -> {
          switch (method.getName()) {
            case "update" -> there.put(pid, (Dictionary<String, ?>) given[0]);
            case "delete" -> {
              there.remove(pid);
              deleted.add(pid);
            }
            default -> throw new UnsupportedOperationException(method.getName());
          }
          return null;
        });
  }

  private interface Answer {
    Object to(Method method, Object[] arguments) throws IOException;
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> answer.to(method, arguments)));
  }
}
