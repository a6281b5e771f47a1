package org.dmabuf.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** The services of the running product. Thread-safe. */
final class RegisteredServices implements Services {
  private final BundleContext context;

  RegisteredServices(BundleContext context) {
    this.context = context;
  }

  @Override
  public <S, A> List<A> ask(Class<S> type, String label, BiFunction<Provider, S, A> question) {
    List<A> answers = new ArrayList<>();
    references(type).stream()
        .sorted(Comparator.comparing(reference -> label(reference, label)))
        .forEach(reference -> ask(reference, label(reference, label), question, answers));
    return answers;
  }

  @Override
  public boolean await(Class<?> type, Duration atMost) throws InterruptedException {
    ServiceTracker<Object, Object> tracker = new ServiceTracker<>(context, type.getName(), null);
    tracker.open();
    try {
      return tracker.waitForService(atMost.toMillis()) != null;
    } finally {
      tracker.close();
    }
  }

  private <S, A> void ask(
      ServiceReference<S> reference,
      String label,
      BiFunction<Provider, S, A> question,
      List<A> answers) {
    Bundle bundle = reference.getBundle();
    S service = context.getService(reference);
    if (bundle == null || service == null) {
      return; // it has just left
    }
    try {
      String name = bundle.getSymbolicName() + " " + bundle.getVersion();
      answers.add(question.apply(new Provider(name, label), service));
    } finally {
      context.ungetService(reference);
    }
  }

  private <S> Collection<ServiceReference<S>> references(Class<S> type) {
    try {
      return context.getServiceReferences(type, null);
    } catch (InvalidSyntaxException impossible) {
      throw new IllegalStateException("No filter has a wrong syntax", impossible);
    }
  }

  private static String label(ServiceReference<?> reference, String property) {
    Object value = reference.getProperty(property);
    return value == null ? "(no " + property + ")" : value.toString();
  }
}
