package org.dmabuf.launcher;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Says why a command did not come: which bundles are not active and which components of Declarative
 * Services are not satisfied.
 *
 * <p>The component runtime's classes live in a bundle, so its data objects are read by reflection.
 */
final class Diagnosis {
  private static final String RUNTIME =
      "org.osgi.service.component.runtime.ServiceComponentRuntime";

  /** The state of a component configuration that waits for its configuration or references. */
  private static final int LAST_UNSATISFIED = 2;

  private static final int FAILED = 16;

  private Diagnosis() {}

  static List<String> of(BundleContext context) {
    List<String> problems = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
      if (!fragment && bundle.getState() != Bundle.ACTIVE) {
        problems.add(
            "Bundle %s %s is %s."
                .formatted(bundle.getSymbolicName(), bundle.getVersion(), state(bundle)));
      }
    }
    try {
      ServiceReference<?>[] runtimes = context.getAllServiceReferences(RUNTIME, null);
      if (runtimes != null) {
        components(context.getService(runtimes[0]), problems);
      }
    } catch (ReflectiveOperationException | InvalidSyntaxException e) {
      problems.add("The components could not be asked: " + e + ".");
    }
    return problems;
  }

  private static void components(Object runtime, List<String> problems)
      throws ReflectiveOperationException {
    Class<?> type = interfaceOf(runtime);
    Method describe = type.getMethod("getComponentDescriptionDTOs", Bundle[].class);
    for (Object description : (Collection<?>) invoke(describe, runtime, (Object) new Bundle[0])) {
      Method configurations =
          type.getMethod("getComponentConfigurationDTOs", description.getClass());
      for (Object configuration : (Collection<?>) invoke(configurations, runtime, description)) {
        int state = (int) field(configuration, "state");
        if (state <= LAST_UNSATISFIED || state == FAILED) {
          problems.add(
              "Component %s %s."
                  .formatted(field(description, "name"), reason(configuration, state)));
        }
      }
    }
  }

  private static String reason(Object configuration, int state)
      throws ReflectiveOperationException {
    if (state == FAILED) {
      String failure = String.valueOf(field(configuration, "failure"));
      return "failed: " + failure.lines().findFirst().orElse("");
    }
    Object missing = field(configuration, "unsatisfiedReferences");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < Array.getLength(missing); i++) {
      names.add(String.valueOf(field(Array.get(missing, i), "name")));
    }
    return names.isEmpty()
        ? "waits for its configuration"
        : "waits for " + String.join(", ", names);
  }

  private static Class<?> interfaceOf(Object runtime) throws ClassNotFoundException {
    for (Class<?> type = runtime.getClass(); type != null; type = type.getSuperclass()) {
      for (Class<?> candidate : type.getInterfaces()) {
        if (candidate.getName().equals(RUNTIME)) {
          return candidate;
        }
      }
    }
    throw new ClassNotFoundException(RUNTIME);
  }

  private static Object invoke(Method method, Object target, Object argument)
      throws ReflectiveOperationException {
    try {
      return method.invoke(target, argument);
    } catch (InvocationTargetException e) {
      throw new ReflectiveOperationException(e.getCause().toString(), e);
    }
  }

  private static Object field(Object data, String name) throws ReflectiveOperationException {
    return data.getClass().getField(name).get(data);
  }

  private static String state(Bundle bundle) {
    return switch (bundle.getState()) {
      case Bundle.INSTALLED -> "installed, but not resolved: something that it imports is missing";
      case Bundle.RESOLVED -> "resolved, but not started";
      case Bundle.STARTING -> "starting";
      case Bundle.STOPPING -> "stopping";
      default -> "uninstalled";
    };
  }
}
